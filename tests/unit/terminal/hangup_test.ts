import { assertEquals, assertRejects } from "@std/assert";
import { TerminalHangupError } from "../../../src/errors.ts";
import { Kept, presentWith, type PresentWithOptions } from "../../../src/terminal/present.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** Presents a fake session at a fake terminal. */
async function open(options: PresentWithOptions = {}, terminal = new FakeTerminal()) {
  const clock = new FakeClock();
  const session = new FakeSession();
  const presented = presentWith(session, { terminal, timers: clock, ...options }, new Kept());
  presented.catch(() => {});
  await turns();
  return { clock, terminal, session, presented };
}

Deno.test("a hangup is the process's, which may end by it", async () => {
  const { terminal, session, presented } = await open();
  terminal.endInput();
  await turns();
  assertEquals([session.signals, session.detached], [["SIGHUP"], false]);
  await session.write("last words that nobody reads");
  session.exit(129);
  assertEquals(await presented, { reason: "exited", code: 129 });
  assertEquals(terminal.written.stdout, "");
  assertEquals(terminal.events.at(-1), "restored");
});

Deno.test("a process that does not end by a hangup is left, a second later", async () => {
  const { clock, terminal, session, presented } = await open();
  terminal.endInput();
  await turns();
  clock.advance(999);
  await turns();
  assertEquals(session.detached, false);
  clock.advance(1);
  await assertRejects(() => presented, TerminalHangupError, "hung up");
  assertEquals([session.detached, terminal.signals], [true, []]);
});

Deno.test("an engine that does not take the signal is waited for ten seconds", async () => {
  const { clock, terminal, session, presented } = await open();
  session.kill = () => new Promise(() => {});
  terminal.endInput();
  await turns();
  clock.advance(10_000);
  await turns();
  clock.advance(1000);
  await assertRejects(() => presented, TerminalHangupError);
});

for (
  const [name, options] of [
    ["that outlives it", { outlivesHangup: true }],
    ["of --sig-proxy=false", { signalProxy: false }],
  ] as const
) {
  Deno.test(`a process ${name} is left at once by a hangup, and gets no signal`, async () => {
    const { terminal, session, presented } = await open(options);
    terminal.endInput();
    await assertRejects(() => presented, TerminalHangupError);
    assertEquals([session.detached, session.signals], [true, []]);
  });
}

Deno.test("SIGHUP alone leaves a process that outlives a hangup, and is passed on to another", async () => {
  const outliving = await open({ outlivesHangup: true });
  outliving.terminal.signal("SIGHUP");
  await assertRejects(() => outliving.presented, TerminalHangupError);
  assertEquals([outliving.session.detached, outliving.session.signals], [true, []]);
  const other = await open();
  other.terminal.signal("SIGHUP");
  await turns();
  assertEquals([other.session.detached, other.session.signals], [false, ["SIGHUP"]]);
  other.session.exit(0);
  await other.presented;
});

/** A terminal that takes no output any more. */
class HungUp extends FakeTerminal {
  override readonly stdout = { write: () => Promise.reject(new Error("Input/output error")) };
}

Deno.test("output that fails waits for the input to tell of a hangup", async () => {
  const { terminal, session, presented, clock } = await open({}, new HungUp());
  session.write("lost").catch((error) => session.failOutput(error));
  await turns();
  assertEquals(session.detached, false);
  terminal.endInput();
  await turns();
  clock.advance(1000);
  await turns();
  await assertRejects(() => presented, TerminalHangupError);
  assertEquals(session.signals, ["SIGHUP"]);
});

Deno.test("output that fails with no hangup is an error of its own", async () => {
  const { session, presented, clock } = await open({}, new HungUp());
  session.write("lost").catch((error) => session.failOutput(error));
  await turns();
  clock.advance(1000);
  await assertRejects(() => presented, Error, "Input/output error");
});
