import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EngineError, SignalError } from "../../../src/errors.ts";
import {
  FORWARDED_SIGNALS,
  forwardSignals,
  restoreOnSignals,
} from "../../../src/terminal/signals.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** The engine's refusal with a status. */
function refusal(status: number): EngineError {
  return new EngineError("refused", { status, method: "POST", path: "/kill" });
}

Deno.test("signals are passed on by their names", () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  using _ = forwardSignals(session, terminal);
  for (const signal of FORWARDED_SIGNALS) assert(terminal.signal(signal));
  assertEquals(session.signals, FORWARDED_SIGNALS);
  for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const) {
    assert(FORWARDED_SIGNALS.includes(signal), signal);
  }
});

Deno.test("SIGWINCH is never passed on, nor what is nobody's order", () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  using _ = forwardSignals(session, terminal);
  for (const signal of ["SIGWINCH", "SIGCHLD", "SIGPIPE", "SIGURG"] as const) {
    assertEquals(terminal.signal(signal), false, signal);
  }
  assertEquals(session.signals, []);
});

Deno.test("a signal to a process that has ended is no news", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  using _ = forwardSignals(session, terminal);
  for (const status of [404, 409]) {
    session.killFailure = refusal(status);
    terminal.signal("SIGINT");
  }
  const request = { status: 500, method: "POST", path: "/containers/box/kill" };
  session.killFailure = new EngineError("container state improper: stopped", request);
  terminal.signal("SIGHUP");
  await turns();
  assertEquals(terminal.warnings, []);
});

Deno.test("a signal that cannot be passed on is told, with the reason", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  using _ = forwardSignals(session, terminal);
  session.killFailure = refusal(500);
  terminal.signal("SIGINT");
  session.killFailure = new Error("no shell");
  terminal.signal("SIGTERM");
  await turns();
  assertEquals(terminal.warnings.length, 2);
  assertStringIncludes(terminal.warnings[0], "SIGINT");
  assertStringIncludes(terminal.warnings[0], "refused");
  assertStringIncludes(terminal.warnings[1], "no shell");
});

Deno.test("where nothing can take a signal, one that is to end this process does", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  using _ = forwardSignals(session, terminal, {
    restore: () => void terminal.events.push("restore"),
  });
  session.killFailure = new SignalError("cannot send it: no shell");
  terminal.signal("SIGUSR1");
  await turns();
  assertEquals([terminal.events, terminal.warnings], [[], ["cannot send it: no shell"]]);
  terminal.signal("SIGTERM");
  await turns();
  assertEquals(terminal.events, ["restore", "die SIGTERM"]);
  assertEquals(terminal.warnings[1], "cannot send it: no shell; it may run on");
  assertEquals(terminal.signals, []);
});

Deno.test("afterwards nobody listens for signals", () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession()];
  forwardSignals(session, terminal)[Symbol.dispose]();
  assertEquals(terminal.signals, []);
  restoreOnSignals(terminal, () => Promise.resolve())[Symbol.dispose]();
  assertEquals(terminal.signals, []);
});

for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) {
  Deno.test(`${signal} restores first, listens no more, and then ends the process`, async () => {
    const terminal = new FakeTerminal();
    const restored = Promise.withResolvers<void>();
    restoreOnSignals(terminal, () => {
      terminal.events.push("restore");
      return restored.promise;
    });
    assert(terminal.signal(signal));
    // One that comes in between must not end it half restored.
    assert(terminal.signal("SIGTERM"));
    assertEquals(terminal.events, ["restore"]);
    restored.resolve();
    await turns();
    assertEquals(terminal.events, ["restore", `die ${signal}`]);
    assertEquals(terminal.signals, []);
  });
}

Deno.test("an engine that takes no signal does not keep another one from ending this process", async () => {
  const [terminal, session, clock] = [new FakeTerminal(), new FakeSession(), new FakeClock()];
  const answer = Promise.withResolvers<void>();
  const passedOn: string[] = [];
  session.kill = (signal) => {
    passedOn.push(signal!);
    return answer.promise;
  };
  const restore = () => void terminal.events.push("restore");
  using _ = forwardSignals(session, terminal, { restore, timers: clock });
  for (const signal of ["SIGUSR1", "SIGINT", "SIGHUP"] as const) terminal.signal(signal);
  clock.advance(2999);
  terminal.signal("SIGQUIT");
  await turns();
  assertEquals([passedOn.length, terminal.events], [4, []]);
  clock.advance(1);
  terminal.signal("SIGUSR1");
  terminal.signal("SIGTERM");
  await turns();
  assertEquals([passedOn.length, terminal.events], [5, ["restore", "die SIGTERM"]]);
  assertEquals(terminal.signals, []);
});

Deno.test("a signal that took long and arrived does not make the next one end this process", async () => {
  const [terminal, session, clock] = [new FakeTerminal(), new FakeSession(), new FakeClock()];
  const answer = Promise.withResolvers<void>();
  session.kill = () => answer.promise;
  using _ = forwardSignals(session, terminal, { timers: clock });
  terminal.signal("SIGINT");
  clock.advance(3000);
  answer.resolve();
  await turns();
  terminal.signal("SIGTERM");
  await turns();
  assertEquals(terminal.events, []);
});

Deno.test("the third SIGINT or SIGTERM in a row ends this process, and not one that comes later", async () => {
  const [terminal, session, clock] = [new FakeTerminal(), new FakeSession(), new FakeClock()];
  const restore = () => void terminal.events.push("restore");
  using _ = forwardSignals(session, terminal, { restore, timers: clock });
  const come = async (...signals: Deno.Signal[]) => {
    for (const signal of signals) terminal.signal(signal);
    await turns();
  };
  await come("SIGINT", "SIGTERM");
  clock.advance(5000);
  await come("SIGINT", "SIGHUP", "SIGUSR1", "SIGTERM");
  assertEquals([session.signals.length, terminal.events], [6, []]);
  await come("SIGINT");
  assertEquals([session.signals.length, terminal.events], [6, ["restore", "die SIGINT"]]);
  assertEquals(terminal.warnings, ["SIGINT, 3 in a row: leaving; the process may run on"]);
  assertEquals(clock.pending, 0);
});
