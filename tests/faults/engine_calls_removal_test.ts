/** Faults of the removal of what could not be started: told behind what led to it, and in time. */
import { assert } from "@std/assert";
import { json } from "../fakes/engine.ts";
import { SILENCES } from "./call_faults.ts";
import { expected, faultsOf, late, noFaultsOf } from "./engine_calls.ts";
import type { Step } from "./scripted_engine.ts";
import {
  assertFailed,
  assertOnce,
  assertRemoved,
  inShortTime,
  type Outcome,
  outcome,
} from "./sessions.ts";
import { tests } from "./tests.ts";
import { ID, ON, WELL, wellBut } from "./well.ts";

/** A `run --rm` whose container cannot be started, on an engine that answers its removal so. */
async function unstarted(
  start: Step[],
  remove: Step[],
  options: Parameters<typeof outcome>[2] = {},
): Promise<Outcome> {
  const result = await outcome("run", wellBut({ start, remove }), options);
  // Once, whatever comes of it; again only where an idle connection was closed under it.
  if (remove[0] === "close" || remove[0] === "reset") {
    assert(result.events.some((event) => ON.remove.test(event)), result.events.join(", "));
  } else {
    assertRemoved(result);
  }
  return result;
}

tests("engine fault: the removal of what could not be started", async (t) => {
  const refused = [json(500, { message: "no runtime" })];
  const unremoved = /^no runtime; the container c0ffeec0ffee could not be removed: ./;
  for (const fault of faultsOf("remove")) {
    await t.step(`engine fault: remove: ${fault.name}: told, behind what led to it`, async () => {
      const result = await unstarted(refused, fault.steps);
      assertFailed(result, "EngineError", unremoved);
      const [, says] = expected(fault, "remove");
      assertFailed(result, "EngineError", new RegExp(says.source.replace(/^\^/, "")));
    });
  }
  const done: [name: string, steps: Step[]][] = [
    ["gone", [json(404, { message: `No such container: ${ID}` })]],
    ["going", [json(409, { message: `removal of container ${ID} is already in progress` })]],
    ...noFaultsOf("remove").map(({ name, steps }): [string, Step[]] => [name, steps]),
    ["a byte at a time", [{ dribble: WELL.remove[0] as string }]],
  ];
  for (const [name, steps] of done) {
    await t.step(`engine: remove: ${name}: what led to it, and no more`, async () => {
      assertFailed(await unstarted(refused, steps), "EngineError", /^no runtime$/);
    });
  }
  for (const { name, steps } of SILENCES) {
    await t.step(`engine fault: remove: ${name}: the time is over`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const result = await unstarted(refused, steps, { timeout });
        assertFailed(result, "EngineError", unremoved);
        assertFailed(result, "EngineError", late("remove", timeout));
        assertInTime(begun, timeout);
      });
    });
    await t.step(`engine fault: remove: ${name}: as the wait was: twice the time`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const rules = wellBut({ wait: ["silence"], remove: steps });
        const result = await outcome("run", rules, { timeout });
        assertFailed(result, "EngineTimeoutError", late("wait", timeout));
        assertFailed(result, "EngineTimeoutError", late("remove", timeout));
        assertOnce(result, "wait");
        assertRemoved(result);
        assertInTime(begun, 2 * timeout);
      });
    });
    await t.step(`engine fault: remove: ${name}: behind an abort: left in the end`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const options = { timeout, abort: ON.start };
        assertFailed(await unstarted(["silence"], steps, options), "Aborted", /^given up$/);
        assertInTime(begun, timeout);
      });
    });
  }
});

/** Checks that it took no longer than an engine's time; a busy machine gets some more. */
function assertInTime(begun: number, timeout: number): void {
  const took = performance.now() - begun;
  assert(took < timeout + 5000, `${Math.round(took)} ms`);
}
