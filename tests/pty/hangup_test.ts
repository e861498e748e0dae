/** The terminal's window is closed in the middle of a session. */
import { assert, assertEquals } from "@std/assert";
import { type Container, container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { noTmux, Tmux } from "../harness/tmux.ts";
import { until } from "../harness/until.ts";

/** Tells of the signal by its code, and prints nothing: nothing else tells the client of the end. */
const trapping = `sh -c 'trap "exit 33" HUP; echo rea""dy; while :; do sleep 0.05; done'`;

interface Hung {
  box: Container;
  tmux: Tmux;
}

function test(name: string, fn: (given: Hung) => Promise<void>): void {
  if (noTmux !== null) console.error(`SKIPPED pty: hangup: ${name}: ${noTmux}`);
  testWithEngine(`pty: hangup: ${name}`, async () => {
    await using tmux = await Tmux.open();
    await using box = containerToCome();
    await fn({ tmux, box });
  }, { limit: 180_000, ignore: noTmux !== null });
}

/** Closes the window of a client that shows `ready`, and waits for its end. */
async function hangUp(tmux: Tmux): Promise<void> {
  await tmux.waitFor("ready");
  const client = await tmux.foreground();
  await tmux.hangUp();
  // One that has ended and that nobody has waited for counts, too.
  const ended = () => {
    try {
      return /\) Z/.test(Deno.readTextFileSync(`/proc/${client}/stat`));
    } catch {
      return true;
    }
  };
  await until(ended, { what: "the client's end", timeout: 60_000 });
}

for (
  const [how, before] of [["", ""], [", though the client ignores SIGHUP", `trap "" HUP; exec `]]
) {
  test(`run: the process gets SIGHUP, and the client ends${how}`, async ({ tmux, box }) => {
    const line = `dockerpty run -it --network none --name ${box.name} busybox ${trapping}`;
    await tmux.run(`(${before}${line})`);
    await hangUp(tmux);
    assertEquals((await box.stopped(60_000)).ExitCode, 33);
  });
}

test("run: a process that ignores it is left running", async ({ tmux, box }) => {
  const line = `dockerpty run -it --network none --name ${box.name} busybox`;
  await tmux.run(`${line} sh -c "trap '' HUP; echo rea""dy; sleep 60"`);
  await hangUp(tmux);
  assert((await box.state()).Running);
});

test("run: a flood of output does not keep the client", async ({ tmux, box }) => {
  const flags = `-it --network none --log-driver none --name ${box.name}`;
  const flood = `sh -c 'trap "exit 33" HUP; while :; do echo rea""dy; done'`;
  await tmux.run(`dockerpty run ${flags} busybox ${flood}`);
  await hangUp(tmux);
  assertEquals((await box.stopped(60_000)).ExitCode, 33);
});

for (const [verb, start] of [["attach", true], ["start -ai", false]] as const) {
  test(`${verb}: the process is left, as with a detach`, async ({ tmux }) => {
    const cmd = ["sh", "-c", 'trap "exit 33" HUP; while :; do echo rea""dy; sleep 0.05; done'];
    await using box = await container({ cmd, tty: true, openStdin: true, start });
    await tmux.run(`dockerpty ${verb} ${box.name}`);
    await hangUp(tmux);
    assert((await box.state()).Running);
  });
}

test("exec: the command ends, and the container runs on", async ({ tmux }) => {
  await using box = await container({ cmd: ["cat"], openStdin: true });
  await tmux.run(`dockerpty exec -it ${box.name} sh -c 'echo rea""dy; exec sleep 61'`);
  await hangUp(tmux);
  const alone = async () => !(await box.processes()).includes("sleep 61");
  await until(alone, { what: "the command's end", timeout: 60_000 });
  assert((await box.state()).Running);
});
