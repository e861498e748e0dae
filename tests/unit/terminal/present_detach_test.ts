import { assertEquals } from "@std/assert";
import { present } from "../../../src/terminal/present.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** Presents a fake session with a tty at a fake terminal. */
function open(detachKeys?: string) {
  const clock = new FakeClock();
  const terminal = new FakeTerminal();
  const session = new FakeSession();
  const presented = present(session, { terminal, timers: clock, detachKeys });
  const type = async (keys: string) => {
    terminal.type(keys);
    await turns(1);
  };
  return { clock, terminal, session, presented, type };
}

Deno.test("the keys detach; the terminal is restored once, and the process runs on", async () => {
  const { terminal, session, presented, type } = open();
  await type("ls\r");
  await type("\x10\x11");
  assertEquals(await presented, { reason: "detached" });
  assertEquals(session.sent, ["ls\r"]);
  assertEquals(terminal.events, ["raw", "input", "input closed", "restored"]);
  assertEquals([session.stdinClosed, session.signals], [false, []]);
});

Deno.test("what is typed before the keys is sent, and what is typed behind them never", async () => {
  const { terminal, session, presented } = open("ctrl-a,d");
  terminal.type("before\x01dbehind");
  terminal.type("later");
  assertEquals(await presented, { reason: "detached" });
  await turns();
  assertEquals(session.sent, ["before"]);
  assertEquals(terminal.typed.length, 1);
});

Deno.test("a repeated first key does not defeat the keys", async () => {
  const { session, presented, type } = open();
  for (const key of ["\x10", "\x10", "\x11"]) await type(key);
  assertEquals(await presented, { reason: "detached" });
  assertEquals(session.sent, ["\x10"]);
});

Deno.test("a first key that nothing follows is sent after half a second", async () => {
  const { clock, session, presented, type } = open();
  await type("\x10");
  clock.advance(499);
  await turns();
  assertEquals(session.sent, []);
  clock.advance(1);
  await turns();
  assertEquals(session.sent, ["\x10"]);
  await type("x");
  assertEquals(session.sent, ["\x10", "x"]);
  session.exit(0);
  await presented;
});

Deno.test("a key that contradicts the sequence is sent with what was held, at once", async () => {
  const { clock, session, presented, type } = open();
  await type("\x10");
  await type("a");
  assertEquals(session.sent.join(""), "\x10a");
  assertEquals(clock.pending, 0);
  session.exit(0);
  await presented;
});

Deno.test("with none every key is sent at once", async () => {
  const { clock, session, presented, type } = open("none");
  await type("\x10\x11");
  assertEquals(session.sent, ["\x10\x11"]);
  assertEquals(clock.pending, 0);
  session.exit(0);
  await presented;
});

Deno.test("at the input's end what was held is sent before stdin is closed", async () => {
  const { terminal, session, presented, type } = open();
  await type("\x10");
  terminal.endInput();
  await turns();
  assertEquals([session.sent, session.stdinClosed], [["\x10"], true]);
  session.exit(0);
  await presented;
});

Deno.test("a session that ends while a key is held leaves no call behind", async () => {
  const { clock, session, presented, type } = open();
  await type("\x10");
  session.exit(0);
  await presented;
  await turns();
  clock.advance(1000);
  assertEquals(clock.pending, 0);
});
