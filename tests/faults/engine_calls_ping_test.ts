/** Faults of the ping, which comes before the first call: an error that says so, in time. */
import { assertEquals } from "@std/assert";
import { SILENCES } from "./call_faults.ts";
import { expected, faultsOf, late, noFaultsOf, rulesOf } from "./engine_calls.ts";
import type { Step } from "./scripted_engine.ts";
import { assertFailed, assertOnce, count, inShortTime, outcome } from "./sessions.ts";
import { tests } from "./tests.ts";
import { WELL } from "./well.ts";

tests("engine fault: before the first call", async (t) => {
  for (const fault of faultsOf("ping")) {
    await t.step(`engine fault: ping: ${fault.name}`, async () => {
      const result = await outcome("exec", rulesOf("exec", "ping", fault.steps));
      const [error, says] = expected(fault, "ping");
      if (/^50/.test(fault.name)) {
        assertFailed(result, "[A-Za-z]+Error", /is not well|cut short|longer than/);
      } else {
        assertFailed(result, error, says);
      }
    });
  }
  for (const { name, steps } of SILENCES) {
    // A HEAD has no body that could be silent.
    if (name === "silent in the body") continue;
    await t.step(`engine fault: ping: ${name}: the time is over`, async () => {
      await inShortTime(async (timeout) => {
        const result = await outcome("exec", rulesOf("exec", "ping", steps), { timeout });
        assertFailed(result, "EngineTimeoutError", late("ping", timeout));
        assertOnce(result, "ping");
      });
    });
  }
  for (const { name, steps } of noFaultsOf("ping")) {
    await t.step(`engine: ping: ${name}: taken for an old engine`, async () => {
      const result = await outcome("exec", rulesOf("exec", "ping", steps));
      assertEquals([result.error, result.code, result.stdout], [undefined, 0, "out\nmore\n"]);
      // A HEAD, which old engines do not know, and a GET.
      assertEquals(count(result, "ping"), 2);
    });
  }
  await t.step("engine: ping: a byte at a time", async () => {
    const slowly: Step[] = WELL.ping.map((step) => ({ dribble: step as string }));
    const { error, code, stdout } = await outcome("exec", rulesOf("exec", "ping", slowly));
    assertEquals([error, code, stdout], [undefined, 0, "out\nmore\n"]);
  });
  for (const version of ["none", "1", "1.2.3", "0.9", "1.23", "-1.44"]) {
    await t.step(`engine fault: ping: version ${version}`, async () => {
      const answer = `HTTP/1.1 200 OK\r\nApi-Version: ${version}\r\nContent-Length: 0\r\n\r\n`;
      const result = await outcome("exec", rulesOf("exec", "ping", [answer]));
      assertFailed(result, "ProtocolError", /version that is none|too old/);
    });
  }
});
