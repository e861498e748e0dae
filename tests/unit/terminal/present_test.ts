import { assertEquals, assertRejects } from "@std/assert";
import { InvalidOptionError } from "../../../src/errors.ts";
import { present, type PresentOptions } from "../../../src/terminal/present.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { settled, turns } from "../../fakes/turns.ts";

const RESTORED_ONCE = ["raw", "input", "input closed", "restored"];

/** Presents a fake session at a fake terminal. */
function open({ tty = true, stdin = true, terminals, ...options }:
  & { tty?: boolean; stdin?: boolean; terminals?: ("stdin" | "stdout" | "stderr")[] }
  & PresentOptions = {}) {
  const clock = new FakeClock();
  const terminal = new FakeTerminal(terminals);
  const session = new FakeSession({ tty, stdin });
  const presented = present(session, { terminal, timers: clock, ...options });
  presented.catch(() => {});
  return { terminal, session, presented, clock };
}

Deno.test("what is typed goes to the process, and what that writes to the terminal", async () => {
  const { terminal, session, presented } = open();
  terminal.type("ls\r");
  await session.write("file\r\n");
  await session.write("oops\r\n", "stderr");
  await turns();
  assertEquals(session.sent, ["ls\r"]);
  assertEquals(terminal.written, { stdout: "file\r\n", stderr: "oops\r\n" });
  session.exit(4);
  assertEquals(await presented, { reason: "exited", code: 4 });
});

Deno.test("the terminal is raw for the session, and restored exactly once at its end", async () => {
  const { terminal, session, presented } = open();
  await turns();
  assertEquals(terminal.events, ["raw", "input"]);
  session.exit(0);
  await presented;
  assertEquals(terminal.events, RESTORED_ONCE);
  assertEquals([terminal.signals, terminal.resizeListeners], [[], 0]);
});

Deno.test("the terminal is restored exactly once when the session breaks", async () => {
  const { terminal, session, presented } = open();
  await turns();
  const failure = new Error("lost");
  session.fail(failure);
  assertEquals(await assertRejects(() => presented), failure);
  assertEquals(terminal.events, RESTORED_ONCE);
  assertEquals([terminal.signals, terminal.resizeListeners], [[], 0]);
  assertEquals(session.detached, true);
});

Deno.test("the terminal is restored as soon as the output ends, before the status is known", async () => {
  const { terminal, session, presented } = open();
  await turns();
  session.endOutput();
  await turns();
  assertEquals(terminal.events, RESTORED_ONCE);
  terminal.type("for whoever reads next");
  await turns();
  assertEquals([session.sent, terminal.typed.length], [[], 1]);
  assertEquals(await settled(presented), false);
  session.exit(0);
  await presented;
});

const RAW_ONLY_WITH: [
  string,
  { tty: boolean; stdin: boolean; terminals: ("stdin" | "stdout" | "stderr")[] },
][] = [
  ["without a tty", { tty: false, stdin: true, terminals: ["stdin", "stdout", "stderr"] }],
  ["with piped input", { tty: true, stdin: true, terminals: ["stdout", "stderr"] }],
  ["without stdin", { tty: true, stdin: false, terminals: ["stdin", "stdout", "stderr"] }],
];

for (const [name, options] of RAW_ONLY_WITH) {
  Deno.test(`${name} the terminal is not put into raw mode, and no keys detach`, async () => {
    const { terminal, session, presented } = open(options);
    terminal.type("\x10\x11");
    await turns();
    assertEquals(terminal.events, options.stdin ? ["input"] : []);
    assertEquals(session.sent, options.stdin ? ["\x10\x11"] : []);
    assertEquals(session.detached, false);
    session.exit(0);
    await presented;
  });
}

Deno.test("with piped output the terminal is raw, and no size is told", async () => {
  const { terminal, session, presented } = open({ terminals: ["stdin"] });
  await turns();
  assertEquals([terminal.events, session.sizes], [["raw", "input"], []]);
  session.exit(0);
  await presented;
});

Deno.test("the size is told at once and when it changes, with a tty only", async () => {
  const clock = new FakeClock();
  const { terminal, session, presented } = open({ timers: clock });
  await turns();
  assertEquals(session.sizes, [{ rows: 24, columns: 80 }]);
  terminal.resize(20, 70);
  await turns();
  assertEquals(session.sizes.at(-1), { rows: 20, columns: 70 });
  session.exit(0);
  await presented;
  const plain = open({ tty: false });
  await turns();
  assertEquals([plain.session.sizes, plain.terminal.resizeListeners], [[], 0]);
  plain.session.exit(0);
});

Deno.test("a program that runs already is made to repaint where that is wanted", async () => {
  const clock = new FakeClock();
  const { session, presented } = open({ repaint: true, timers: clock });
  await turns();
  clock.advance(10);
  await turns();
  assertEquals(session.sizes, [{ rows: 25, columns: 81 }, { rows: 24, columns: 80 }]);
  session.exit(0);
  await presented;
});

Deno.test("a size that is refused is told again by the clock that was given", async () => {
  const [session, clock] = [new FakeSession(), new FakeClock()];
  session.resizeFailure = new Error("not running");
  const presented = present(session, { terminal: new FakeTerminal(), timers: clock });
  await turns();
  assertEquals([session.sizes.length, clock.delays], [1, [10]]);
  session.resizeFailure = null;
  clock.advance(10);
  await turns();
  assertEquals(session.sizes.length, 2);
  session.exit(0);
  await presented;
});

Deno.test("the end of what is piped in closes the process's stdin; output goes on", async () => {
  const { terminal, session, presented } = open({ tty: false, terminals: [] });
  terminal.type("data");
  terminal.endInput();
  await turns();
  assertEquals([session.sent, session.stdinClosed], [["data"], true]);
  await session.write("late");
  assertEquals(terminal.written.stdout, "late");
  session.exit(0);
  assertEquals(await presented, { reason: "exited", code: 0 });
});

Deno.test("signals go to the process", async () => {
  const { terminal, session, presented } = open();
  terminal.signal("SIGTERM");
  assertEquals(session.signals, ["SIGTERM"]);
  assertEquals(terminal.signal("SIGWINCH"), false);
  session.exit(143);
  assertEquals(await presented, { reason: "exited", code: 143 });
  assertEquals(terminal.signals, []);
});

Deno.test("without the proxy a signal restores the terminal, and then ends this process", async () => {
  const { terminal, session, presented } = open({ signalProxy: false });
  await turns();
  terminal.signal("SIGTERM");
  await turns();
  assertEquals(terminal.events, [...RESTORED_ONCE, "die SIGTERM"]);
  assertEquals(session.signals, []);
  // The process lives on here: the rest of the way must not restore a second time.
  session.exit(0);
  await presented;
  assertEquals(terminal.events, [...RESTORED_ONCE, "die SIGTERM"]);
});

Deno.test("keys that cannot be are refused, and the terminal is not touched", async () => {
  const { terminal, presented } = open({ detachKeys: "shift-z" });
  await assertRejects(() => presented, InvalidOptionError, "shift-z");
  assertEquals([terminal.events, terminal.signals], [[], []]);
});

Deno.test("once the output has ended no size is told, nor that one could not be", async () => {
  const { terminal, session, presented, clock } = open();
  await turns();
  session.endOutput();
  await turns();
  const told = session.sizes.length;
  session.resizeFailure = new Error("no such container");
  terminal.resize(20, 70);
  for (let time = 0; time < 12; time++) {
    clock.advance(100);
    await turns();
  }
  assertEquals([session.sizes.length, terminal.warnings], [told, []]);
  session.exit(0);
  await presented;
});
