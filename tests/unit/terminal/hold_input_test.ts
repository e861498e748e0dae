import { assertEquals } from "@std/assert";
import { DetachKeysDetector, parseDetachKeys } from "../../../src/stream/detach_keys.ts";
import { holdInput } from "../../../src/terminal/hold_input.ts";
import { UnsentInput } from "../../../src/terminal/send_input.ts";
import { text } from "../../fakes/bytes.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** A terminal whose input is held, and what came of it. */
function hold(keys = "") {
  const terminal = new FakeTerminal();
  const unsent = new UnsentInput();
  const told: string[] = [];
  const clock = new FakeClock();
  const held = holdInput(terminal, {
    unsent,
    detector: new DetachKeysDetector(parseDetachKeys(keys)),
    detached: () => told.push("detached"),
    leaving: () => terminal.events.push("leaving"),
    givenUp: () => told.push("given up"),
    timers: clock,
  });
  return { terminal, unsent, told, held, clock };
}

Deno.test("what is typed without a session is kept in its order, in raw mode", async () => {
  const { terminal, unsent, told, held } = hold();
  for (const typed of ["one", "\x1b[A", "two\r"]) {
    terminal.type(typed);
    await turns();
  }
  held[Symbol.dispose]();
  assertEquals(text(unsent.take()), "one\x1b[Atwo\r");
  assertEquals(text(unsent.take()), "");
  assertEquals([terminal.events, told], [["raw", "input", "input closed", "restored"], []]);
  assertEquals(terminal.signals, []);
});

Deno.test("the detach keys are found there, and their beginning is kept", async () => {
  const { terminal, unsent, told, held } = hold();
  terminal.type("a\x10");
  await turns();
  held[Symbol.dispose]();
  assertEquals([text(unsent.take()), told], ["a\x10", []]);

  const other = hold("ctrl-a,d");
  other.terminal.type("b\x01");
  other.terminal.type("d");
  await turns();
  assertEquals(other.told, ["detached"]);
  other.held[Symbol.dispose]();
  assertEquals(text(other.unsent.take()), "b");
});

Deno.test("ctrl-c ends the process, once the terminal is restored", async () => {
  const { terminal, unsent, told, held, clock } = hold();
  terminal.type("typed\x03more");
  await turns();
  const events = ["raw", "input", "input closed", "restored", "leaving", "die SIGINT"];
  // Not before the signal has had its time.
  assertEquals([terminal.events, told], [events, []]);
  clock.advance(1000);
  assertEquals(told, ["given up"]);
  assertEquals(text(unsent.take()), "typed");
  held[Symbol.dispose]();
  assertEquals(terminal.events, events);
});

Deno.test("a stop gives the terminal back until the process goes on; what was typed stays", async () => {
  const { terminal, unsent, held, clock } = hold();
  terminal.type("before ");
  await turns();
  for (let time = 1; time <= 2; time++) {
    terminal.events.length = 0;
    terminal.signal("SIGTSTP");
    await turns();
    assertEquals(terminal.events, ["restored", "die SIGTSTP"]);
    terminal.signal("SIGCONT");
    await turns();
    assertEquals(terminal.events, ["restored", "die SIGTSTP", "raw"]);
  }
  terminal.type("after");
  await turns();
  held[Symbol.dispose]();
  assertEquals(terminal.events.slice(3), ["input closed", "restored"]);
  assertEquals([text(unsent.take()), terminal.signals, clock.pending], ["before after", [], 0]);
});

Deno.test("a signal ends the process, once the terminal is restored", async () => {
  const { terminal, held } = hold();
  terminal.signal("SIGTERM");
  await turns();
  assertEquals(terminal.events, ["raw", "input", "input closed", "restored", "die SIGTERM"]);
  held[Symbol.dispose]();
});
