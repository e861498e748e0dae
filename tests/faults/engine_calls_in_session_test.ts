/** Faults of the calls in a session, a size and a signal: an error that says so, in time. */
import { assertEquals } from "@std/assert";
import { SILENCES } from "./call_faults.ts";
import { expected, faultsOf, late, noFaultsOf } from "./engine_calls.ts";
import { assertFailed, assertOnce, inShortTime, outcome } from "./sessions.ts";
import { tests } from "./tests.ts";
import { ON, UPGRADED, wellBut } from "./well.ts";

tests("engine fault: in the session", async (t) => {
  for (const call of ["resize", "kill"] as const) {
    const use = (session: { [name in typeof call]: (value: never) => Promise<void> }) =>
      session[call](call === "kill" ? "SIGTERM" as never : { rows: 1, columns: 1 } as never);
    const running = [{ on: ON.attach, steps: [UPGRADED, "silence" as const] }];
    for (const fault of faultsOf(call)) {
      await t.step(`engine fault: ${call}: ${fault.name}`, async () => {
        const rules = wellBut({ [call]: fault.steps }, running);
        assertFailed(await outcome("attach", rules, { use }), ...expected(fault, call));
      });
    }
    for (const { name, steps } of noFaultsOf(call)) {
      await t.step(`engine: ${call}: ${name}: it is done`, async () => {
        const result = await outcome("attach", wellBut({ [call]: steps }, running), { use });
        assertEquals(result.error, undefined);
        assertOnce(result, call);
      });
    }
    for (const { name, steps } of SILENCES) {
      // Nothing of the content is used, and its end is waited for all the same.
      await t.step(`engine fault: ${call}: ${name}: the time is over`, async () => {
        await inShortTime(async (timeout) => {
          const rules = wellBut({ [call]: steps }, running);
          const result = await outcome("attach", rules, { use, timeout });
          assertFailed(result, "EngineTimeoutError", late(call, timeout));
          assertOnce(result, call);
        });
      });
    }
  }
});
