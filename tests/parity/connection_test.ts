/** The connection to the engine fails: what the client makes of that, and says. */
import { atTerminal, intact, line, output, raw, written } from "./at_terminal.ts";
import { until } from "../harness/until.ts";
import { left, running } from "./observe.ts";
import { Relay } from "./relay.ts";
import { parity } from "./scenario.ts";
import { attach, exec, ready, run, start, ticking, type Way, ways } from "./ways.ts";

const told = (stderr: string) => /^dockerpty[^\n]*\n$/.test(stderr);

const lost: Record<Way["verb"], number> = { run: 125, start: 1, attach: 1, exec: 0 };

for (const way of ways) {
  parity(`${way.verb}: all connections are lost`, {
    both: { box: running },
    differs: {
      why: "a session that broke must not look like a process that failed, and less like success",
      thread: "docker/cli#3426",
      docker: { code: lost[way.verb], told: false },
      dockerpty: { code: 125, told: true },
    },
  }, async (side) => {
    const relay = side.use(await Relay.open());
    const { box, args } = await way.prepare(side, ticking("exit 9"), { own: true });
    const live = side.live(args, { env: { DOCKER_HOST: relay.host } });
    await live.waitFor("tick");
    relay.cut();
    const { code, stderr } = await live.end();
    // docker's start tells one failure or the other, whichever comes first.
    const either = way === start && side.client === "docker" && code === 125;
    return { code: either ? 1 : code, told: told(stderr), box: await left(box) };
  });
}

for (const way of [run, exec]) {
  parity(`${way.verb}: a stream that ends in the middle of a frame`, {
    differs: {
      why: "lost output must not look complete",
      thread: "moby#27289",
      docker: { code: 0, stdout: "", told: false },
      dockerpty: { code: 125, stdout: "0123", told: true },
    },
  }, async (side) => {
    const relay = side.use(await Relay.open());
    // A frame's head of 8 bytes, and then 4 of 10.
    relay.truncateStreams(12);
    const { args } = await way.prepare(side, "printf 0123456789");
    const { code, stdout, stderr } = await side.run(args, { env: { DOCKER_HOST: relay.host } });
    return { code, stdout, told: told(stderr) };
  });
}

parity("attach: the end of stdin, where the container's stays open", {
  on: { podman: { inapplicable: "it always ends the process's stdin" } },
  both: { code: 3 },
  differs: {
    why: "the output goes on; docker half-closes, and the engine then closes the output too",
    thread: "moby#38457",
    docker: { stdout: "" },
    dockerpty: { stdout: "later\n" },
  },
}, async (side) => {
  const relay = side.use(await Relay.open());
  const script = "echo ready; until [ -e /tmp/go ]; do sleep 0.02; done; echo later; exit 3";
  const box = await side.container({ cmd: ["sh", "-c", script], openStdin: true });
  await ready(box);
  const env = { DOCKER_HOST: relay.host };
  const live = side.live(["attach", box.name], { stdin: "piped", env });
  await live.closeStdin();
  await relay.streamBegun;
  if (side.client === "docker") await relay.streamEnded;
  await box.exec(["touch", "/tmp/go"]);
  const { code, stdout } = await live.end();
  return { code, stdout };
});

for (const [way, request] of [[run, /\/wait\?/], [exec, /^GET .*\/exec\//]] as const) {
  parity(`${way.verb} -it: keys typed when the process has ended`, {
    both: { code: 0, ...intact },
    differs: {
      why: "they are for whoever reads next; docker swallows them until it has the exit code",
      thread: "-",
      docker: { ran: false },
      dockerpty: { ran: true },
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const relay = side.use(await Relay.open());
      relay.hold(request);
      const { args } = await way.prepare(side, "read x; echo over", { tty: true, stdin: true });
      shell.run(`DOCKER_HOST=${relay.host} ${line(args)}`);
      await raw(shell);
      shell.type("\r");
      await shell.waitFor(() => /over\r\n/.test(written(shell)));
      await relay.holding;
      // A key is Enter to the shell only if it was typed at a terminal that was given back.
      const back = async () => (await shell.settings()).has("icanon");
      await until(back, { what: "the terminal", timeout: 1000 });
      shell.type("echo typed $((40 + 2)) ahead\r");
      // Whoever takes it has it by then.
      await new Promise((resolve) => setTimeout(resolve, 150));
      relay.release();
      const code = await shell.finished();
      shell.run("echo la''ter");
      await shell.waitForOutput(/later\r\nhere\[\d+ \d+\]\$ /);
      const ran = /typed 42 ahead\r\n/.test(shell.rawText());
      return { code, ran };
    }));
}

for (const way of [run, attach, exec]) {
  parity(`${way.verb} -it: the connection is lost at a terminal, which is given back`, {
    both: { ...intact, box: running },
    differs: {
      why: "the loss is an error that says so, and how to come back",
      thread: "docker/cli#3426",
      docker: { code: lost[way.verb], told: false },
      dockerpty: { code: 125, told: true },
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const relay = side.use(await Relay.open());
      const { box, args } = await way.prepare(side, "echo ready; sleep 60", {
        tty: true,
        stdin: true,
      });
      if (way.joins) await ready(box);
      shell.run(`DOCKER_HOST=${relay.host} ${line(args)}`);
      await raw(shell);
      if (!way.joins) await shell.waitFor(() => /ready/.test(written(shell)));
      relay.cut();
      const code = await shell.finished();
      const says = output(shell).split("\n").filter((text) => text.startsWith("dockerpty"));
      return { code, told: says.length > 0, box: await left(box) };
    }));
}
