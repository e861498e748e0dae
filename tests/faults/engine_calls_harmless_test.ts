/**
 * What is no fault: answers that come a byte at a time, have more behind their end, or of which nothing
 * is used.
 */
import { assert, assertEquals } from "@std/assert";
import { noFaultsOf, rulesOf, STREAMS } from "./engine_calls.ts";
import type { Step } from "./scripted_engine.ts";
import { assertFailed, CALLS, count, outcome, type VerbName } from "./sessions.ts";
import { tests } from "./tests.ts";
import { type CallName, WELL } from "./well.ts";

async function assertWell(verb: VerbName, call: CallName, steps: Step[]): Promise<void> {
  const result = await outcome(verb, rulesOf(verb, call, steps));
  const { error, code, stdout, stderr } = result;
  assertEquals([error, code, stdout, stderr], [undefined, 0, "out\nmore\n", "err\n"]);
  assert(count(result, call) > 0, result.events.join(", "));
}

tests(
  "engine: what comes a byte at a time, or has more behind its end, does no harm",
  async (t) => {
    for (const verb of ["run", "start", "attach", "exec"] as const) {
      for (const call of CALLS[verb]) {
        const slowly = WELL[call].map((step): Step =>
          (typeof step === "string" && step !== "close") || step instanceof Uint8Array
            ? { dribble: step }
            : step
        );
        await t.step(
          `engine: ${verb}: ${call}: a byte at a time`,
          () => assertWell(verb, call, slowly),
        );
        if (STREAMS.includes(call)) {
          continue;
        }
        const extra = "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno";
        await t.step(
          `engine: ${verb}: ${call}: bytes behind the end`,
          () => assertWell(verb, call, [...WELL[call], extra]),
        );
      }
    }
  },
);

tests("engine: an answer of which nothing is used does no harm", async (t) => {
  for (const verb of Object.keys(CALLS) as VerbName[]) {
    for (const call of CALLS[verb]) {
      for (const { name, steps } of noFaultsOf(call)) {
        await t.step(`engine: ${verb}: ${call}: ${name}`, async () => {
          if (call !== "image" || name === "404") return await assertWell(verb, call, steps);
          // The image is there: it is not that which the creation lacks, and is not pulled.
          const result = await outcome(verb, rulesOf(verb, call, steps));
          assertFailed(
            result,
            "EngineError",
            /^No such image: dockerpty\.invalid\/busybox:latest$/,
          );
          assertEquals([count(result, "create"), count(result, "pull")], [1, 0]);
        });
      }
    }
  }
});
