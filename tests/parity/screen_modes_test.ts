/** What a full-screen program leaves switched on in the local terminal. */
import { noTmux, Tmux } from "../harness/tmux.ts";
import { left, running } from "./observe.ts";
import { parity } from "./scenario.ts";

if (noTmux !== null) console.error(`SKIPPED parity: run -it: detaching from vi: ${noTmux}`);
else {
  parity("run -it: detaching from vi, and the terminal", {
    both: { before: "1", box: running },
    differs: {
      why: "the shell goes on in the program's screen otherwise",
      thread: "-",
      docker: { after: "1" },
      dockerpty: { after: "0" },
    },
    limit: 120_000,
  }, async (side) => {
    const tmux = side.use(await Tmux.open({ env: side.settings }));
    const box = side.toCome();
    // While the size is not known, vi would ask the terminal for it.
    const vi =
      `sh -c 'until stty size 2>/dev/null | grep -qv "^0 0"; do :; done; exec vi /etc/passwd'`;
    await tmux.run(`dockerpty run -it --network none --name ${box.name} busybox ${vi}`);
    await tmux.waitForModes({ alternate_on: "1" });
    await tmux.waitFor(/\/etc\/passwd/);
    const { alternate_on: before } = await tmux.modes();
    await tmux.type("\x10\x11");
    await tmux.waitFor(/here\[/);
    const { alternate_on: after } = await tmux.modes();
    return { before, after, box: await left(box) };
  });
}
