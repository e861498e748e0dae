/** Faults of the calls in a session, a size and a signal: an error that says so, in time. */
import { SILENCES } from "./call_faults.ts";
import { faultsOf, late, tests } from "./engine_calls.ts";
import { assertFailed, inShortTime, outcome } from "./sessions.ts";
import { ON, UPGRADED, wellBut } from "./well.ts";

tests("engine fault: in the session", async (t) => {
  for (const call of ["resize", "kill"] as const) {
    const use = (session: { [name in typeof call]: (value: never) => Promise<void> }) =>
      session[call](call === "kill" ? "SIGTERM" as never : { rows: 1, columns: 1 } as never);
    const running = [{ on: ON.attach, steps: [UPGRADED, "silence" as const] }];
    for (const fault of faultsOf(call)) {
      await t.step(`engine fault: ${call}: ${fault.name}`, async () => {
        const rules = wellBut({ [call]: fault.steps }, running);
        assertFailed(await outcome("attach", rules, { use }), fault.error, fault.says);
      });
    }
    for (const { name, steps } of SILENCES) {
      // An answer without content ends with its head.
      await t.step(`engine fault: ${call}: ${name}: the time is over`, async () => {
        await inShortTime(async (timeout) => {
          const rules = wellBut({ [call]: steps }, running);
          const result = await outcome("attach", rules, { use, timeout });
          assertFailed(result, "EngineTimeoutError", late(call, timeout));
        });
      });
    }
  }
});
