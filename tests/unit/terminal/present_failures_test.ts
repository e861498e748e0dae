/** Terminals of a program's own that fail: the error surfaces, and nothing is left behind. */
import { assertEquals, assertRejects } from "@std/assert";
import { OutputError } from "../../../src/errors.ts";
import { present } from "../../../src/terminal/present.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

const failure = new Error("the terminal's own");
const fail = () => {
  throw failure;
};

/** What fails, and what of the terminal was changed before and has to be restored. */
const FAILURES: Record<string, [change: (terminal: FakeTerminal) => void, events: string[]]> = {
  "raw mode": [(terminal) => terminal.setRaw = fail, []],
  "the input": [(terminal) => terminal.openInput = fail, ["raw", "restored"]],
  "the listening for signals": [(terminal) => terminal.onSignal = fail, []],
  "the listening for resizes": [(terminal) => terminal.onResize = fail, ["raw", "restored"]],
  "a read": [
    (terminal) => terminal.openInput = () => ({ read: fail, [Symbol.dispose]: () => {} }),
    ["raw", "restored"],
  ],
  "the end of the input": [
    (terminal) =>
      terminal.openInput = () => ({ read: () => Promise.resolve(null), [Symbol.dispose]: fail }),
    ["raw", "restored"],
  ],
};

for (const [name, [change, events]] of Object.entries(FAILURES)) {
  Deno.test(`where ${name} fails, the session is left, and the terminal restored`, async () => {
    const [terminal, session, clock] = [new FakeTerminal(), new FakeSession(), new FakeClock()];
    change(terminal);
    const presented = present(session, { terminal, timers: clock });
    presented.catch(() => {});
    for (let turn = 0; turn < 3; turn++) {
      await turns();
      clock.advance(10_000);
    }
    session.endOutput();
    assertEquals(await assertRejects(() => presented), failure);
    assertEquals([session.detached, terminal.events], [true, events]);
    assertEquals([terminal.signals, terminal.resizeListeners], [[], 0]);
  });
}

Deno.test("where what the user is told cannot be, the session is left with that error", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  terminal.warn = fail;
  session.killFailure = new Error("no way");
  const presented = present(session, { terminal, timers: new FakeClock() });
  await turns();
  terminal.signal("SIGUSR1");
  assertEquals(await assertRejects(() => presented), failure);
  assertEquals([session.detached, terminal.events.at(-1)], [true, "restored"]);
});

for (const stream of ["stdout", "stderr"] as const) {
  Deno.test(`a ${stream} that takes no more is an error of this side`, async () => {
    const session = new FakeSession({ tty: false });
    const terminal = new FakeTerminal([]);
    const full = new Error("No space left on device (os error 28)");
    Object.assign(terminal[stream], { write: () => Promise.reject(full) });
    const presented = present(session, { terminal, timers: new FakeClock() });
    await turns();
    session.write("output", stream).catch((error) => session.failOutput(error));
    await assertRejects(
      () => presented,
      OutputError,
      "cannot write the output: No space left on device",
    );
    assertEquals(session.detached, true);
  });
}
