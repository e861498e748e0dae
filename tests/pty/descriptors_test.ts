/** Standard streams that are closed, full or the wrong way round, of a session at a terminal. */
import { assert, assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { joined } from "./container_shell.ts";
import { atShell, ptyTest } from "./pty_test_case.ts";
import { type Prepared, type Way, ways } from "./ways.ts";

const limit = 120_000;
const timeout = 60_000;

/** A test of some ways at a time, each at a terminal of its own. */
function test(
  name: string,
  fn: (shell: Shell, way: Way) => Promise<void>,
  { verbs = /./, ignore = false }: { verbs?: RegExp; ignore?: boolean } = {},
): void {
  testWithEngine(`pty: descriptors: ${name}`, async () => {
    const tried = ways({ tty: true, stdin: true }).filter(({ verb }) => verbs.test(verb));
    // All of them to their end, so that none is left at work when one fails.
    const ends = await Promise.allSettled(tried.map(async (way) => {
      try {
        await atShell({}, (shell) => fn(shell, way));
      } catch (error) {
        throw new Error(way.verb, { cause: error });
      }
    }));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }, { limit, ignore: ignore || Deno.build.os !== "linux" });
}

/** The line with `redirected`; a container that `run` makes is to go by itself. */
const typedLine = ({ line }: Prepared, redirected: string) =>
  `${line.replace(/^dockerpty run /, "dockerpty run --rm ")} ${redirected}`;

/** What an error looks like, on a terminal that has been given back. */
const told = ({ verb }: Way, what: string) => `dockerpty ${verb.split(" ")[0]}: ${what}\r\n`;

/** Waits for the process to have ended as it should, and for the container to be gone or as it was. */
async function processEnded({ container }: Prepared, way: Way, code: number): Promise<void> {
  if (way.execs) {
    const alone = async () => (await container.processes()).join() === "cat";
    await until(alone, { what: "the command's end", timeout });
  } else if (way.verb.startsWith("run")) {
    await until(async () => !await container.exists(), { what: "the container to go", timeout });
  } else {
    assertEquals((await container.stopped(timeout)).ExitCode, code);
  }
}

const answering = ["sh", "-c", "read line; echo got $line; exit 4"];
const answer = "typed\r\ngot typed\r\n";

for (
  const [name, redirected, output] of [
    ["stdout closed", ">&-", ""],
    ["stderr closed", "2>&-", answer],
    ["stderr full", "2>/dev/full", answer],
    ["stdin and stdout swapped", ">&0 0>&1", answer],
    ["each opened anew, one way only", "<$(tty) >$(tty) 2>$(tty)", answer],
  ]
) {
  test(`${name}: what is typed arrives, and the code is the process's`, async (shell, way) => {
    await using session = await way.prepare(answering);
    shell.run(typedLine(session, redirected));
    await joined(shell);
    shell.type("typed\r");
    assertEquals([await shell.finished({ timeout }), shell.output], [4, output]);
    await processEnded(session, way, 4);
  });
}

const full = "cannot write the output: No space left on device";
const readOnly = "cannot write the output: Bad file descriptor";

for (
  const [name, redirected, error] of [
    ["stdout full", ">/dev/full", full],
    ["stdout read-only", "1</dev/null", readOnly],
    ["stdout the terminal, read-only", "1<$(tty)", readOnly],
    ["stdout and stderr full", ">/dev/full 2>&1", null],
    ["stdout full and stderr closed", ">/dev/full 2>&-", null],
  ]
) {
  test(`${name}: an error, and the terminal is given back`, async (shell, way) => {
    await using session = await way.prepare(answering);
    shell.run(typedLine(session, redirected!));
    await joined(shell);
    shell.type("typed\r");
    const output = error === null ? "" : told(way, error);
    assertEquals([await shell.finished({ timeout }), shell.output], [1, output]);
    await processEnded(session, way, 4);
    // docker's command line finds out before anything is written, and ends by itself.
  }, { ignore: underTest === "docker" });
}

test("output that cannot be written is told alone, though the window changes", async (
  shell,
  way,
) => {
  await using session = await way.prepare(answering);
  shell.run(typedLine(session, "1<$(tty)"));
  await joined(shell);
  shell.type("typed\r");
  await session.container.stopped(timeout);
  shell.resize(21, 71);
  assertEquals([await shell.finished({ timeout }), shell.output], [1, told(way, readOnly)]);
}, { verbs: /^(start|attach)/, ignore: underTest === "docker" });

const noTty = "a terminal was asked for and the input device is not a TTY: leave -t out, or run " +
  "it at a terminal";

for (
  const [name, redirected, error] of [
    ["stdin closed", "<&-", noTty],
    ["all closed", "<&- >&- 2>&-", null],
  ]
) {
  test(`${name}: no terminal is given, and nothing is begun`, async (shell, way) => {
    await using session = await way.prepare(answering);
    const { code, output } = await shell.runToEnd(typedLine(session, redirected!), { timeout });
    assertEquals(code, 1);
    if (underTest !== "docker") assertEquals(output, error === null ? "" : told(way, error));
    if (way.execs) assertEquals(await session.container.processes(), ["cat"]);
    else assertEquals(await session.container.exists(), false);
  }, { verbs: /^(run|exec)/ });
}

for (
  const [name, redirected, output] of [
    ["stdin closed", "<&-", "out\r\r\n"],
    ["all closed", "<&- >&- 2>&-", ""],
  ]
) {
  test(`${name}: the process goes on without input`, async (shell, way) => {
    await using session = await way.prepare(["sh", "-c", "echo out; exit 4"]);
    const ended = await shell.runToEnd(typedLine(session, redirected), { timeout });
    // docker's command line ends the output with the input.
    assertEquals(ended, { code: 4, output: underTest === "docker" ? "" : output });
    await processEnded(session, way, 4);
  }, { verbs: /^start/ });
}

test("stdin closed: output streams on, and the terminal is left alone", async (shell, way) => {
  const modes = await shell.modes();
  const cmd = ["sh", "-c", "until [ -e /stop ]; do echo wel''come; sleep 0.05; done; exit 3"];
  await using session = await way.prepare(cmd);
  shell.run(typedLine(session, "<&-"));
  await shell.waitForOutput(/^welcome/m, { timeout });
  assertEquals(await shell.modes(), modes);
  await session.container.exec(["touch", "/stop"]);
  assertEquals(await shell.finished({ timeout }), 3);
  await processEnded(session, way, 3);
  // docker's command line refuses that.
}, { verbs: /^attach/, ignore: underTest === "docker" });

test("stdin a terminal that cannot be read: no key is taken for a hangup", async (shell, way) => {
  const cmd = ["sh", "-c", "until [ -e /stop ]; do echo wel''come; sleep 0.05; done; exit 4"];
  await using session = await way.prepare(cmd);
  shell.run(typedLine(session, "0>$(tty)"));
  const ended = () => /here\[/.test(shell.sinceRun);
  const welcomes = () => shell.sinceRun.match(/^welcome\r/gm)?.length ?? 0;
  const what = () => `output; the screen:\n${shell.screen()}`;
  await until(() => ended() || welcomes() > 0, { what, timeout });
  shell.type("x");
  // By so many the client has long found out.
  await until(() => ended() || welcomes() > 20, { what, timeout });
  assert(!ended(), `the session ended: ${shell.sinceRun}`);
  await session.container.exec(["touch", "/stop"]);
  assertEquals(await shell.finished({ timeout }), 4);
  await processEnded(session, way, 4);
  // The key is for the next reader, who kills the line.
  shell.type("\x15");
  // docker's command line shows no output, either.
}, { verbs: /^(start|attach)/, ignore: underTest === "docker" });

for (const redirected of ["2>&-", "2>/dev/full", ">&- 2>&-"]) {
  ptyTest(`descriptors: detached from, with ${redirected}`, { limit }, async (shell) => {
    await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
    shell.run(`dockerpty attach ${box.name} ${redirected}`);
    await joined(shell);
    shell.type("\x10\x11");
    assertEquals([await shell.finished({ timeout }), shell.output.trim()], [
      underTest === "docker" ? 1 : 0,
      "",
    ]);
    assert((await box.state()).Running);
  });
}
