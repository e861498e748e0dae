/** What is no fault: answers that come a byte at a time, or have more behind their end. */
import { assertEquals } from "@std/assert";
import { rulesOf, STREAMS, tests } from "./engine_calls.ts";
import type { Step } from "./scripted_engine.ts";
import { CALLS, outcome, type VerbName } from "./sessions.ts";
import { type CallName, WELL } from "./well.ts";

tests(
  "engine: what comes a byte at a time, or has more behind its end, does no harm",
  async (t) => {
    const assertWell = async (verb: VerbName, call: CallName, steps: Step[]) => {
      const { error, code, stdout, stderr } = await outcome(verb, rulesOf(verb, call, steps));
      assertEquals([error, code, stdout, stderr], [undefined, 0, "out\nmore\n", "err\n"]);
    };
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
