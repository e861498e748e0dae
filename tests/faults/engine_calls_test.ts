/**
 * Every fault of every call that opens a session or tells of its end: an error that says so, in
 * time, and nothing left open or behind.
 */
import { assert, assertEquals } from "@std/assert";
import { type CallFault, SILENCES } from "./call_faults.ts";
import { expected, faultsOf, late, rulesOf, STREAMS } from "./engine_calls.ts";
import {
  assertFailed,
  assertOnce,
  assertRemoved,
  CALLS,
  inShortTime,
  type Outcome,
  outcome,
  type VerbName,
} from "./sessions.ts";
import { tests } from "./tests.ts";
import { type CallName, ON } from "./well.ts";

const VERBS = Object.keys(CALLS) as VerbName[];

/** The calls that may take as long as they need, until they are left. */
const UNLIMITED: CallName[] = ["create", "start", "pull"];

/** A container is removed where it was made, and where the engine can be asked to. */
function assertCleanedUp(
  verb: VerbName,
  call: CallName,
  result: Outcome,
  { gone = false, ofContent = false }: Partial<CallFault> = {},
): void {
  const did = (name: CallName) => result.events.some((event) => ON[name].test(event));
  if (verb === "run, with a pull") assert(!did("start"));
  if (verb !== "run" || gone) return;
  if (call === "attach" || call === "start") assertRemoved(result);
  if (call !== "wait") return;
  // One that was started, as the wait had begun well, is removed by the engine at its end.
  if (did("start")) assert(ofContent && !did("remove"), result.events.join(", "));
  else assertRemoved(result);
}

for (const verb of VERBS) {
  tests(`engine fault: ${verb}`, async (t) => {
    await t.step(`engine fault: ${verb}: none`, async () => {
      const { error, code, stdout, stderr } = await outcome(verb, rulesOf(verb, "kill", []));
      assertEquals([error, code, stderr], [undefined, 0, "err\n"]);
      assertEquals(stdout, `${verb === "attach, with a tail" ? "before\n" : ""}out\nmore\n`);
    });
    for (const call of CALLS[verb]) {
      for (const fault of faultsOf(call)) {
        await t.step(`engine fault: ${verb}: ${call}: ${fault.name}`, async () => {
          const result = await outcome(verb, rulesOf(verb, call, fault.steps));
          assertFailed(result, ...expected(fault, call));
          assertCleanedUp(verb, call, result, fault);
        });
      }
      for (const { name, steps } of SILENCES) {
        if (name === "silent in the body" && (STREAMS.includes(call) || call === "start")) continue;
        if (UNLIMITED.includes(call)) {
          await t.step(`engine fault: ${verb}: ${call}: ${name}: it can be left`, async () => {
            await inShortTime(async (timeout) => {
              const rules = rulesOf(verb, call, steps);
              const result = await outcome(verb, rules, { timeout, abort: ON[call] });
              assertFailed(result, "Aborted", /given up/);
              assertOnce(result, call);
              assertCleanedUp(verb, call, result);
            });
          });
        } else {
          await t.step(`engine fault: ${verb}: ${call}: ${name}: the time is over`, async () => {
            const ofContent = name === "silent in the body";
            const ends = call === "execInspect" || call === "wait" && ofContent;
            await inShortTime(async (timeout) => {
              const result = await outcome(verb, rulesOf(verb, call, steps), { timeout });
              if (ends) assertFailed(result, "ConnectionLostError", /may still be running/);
              else assertFailed(result, "EngineTimeoutError", late(call, timeout));
              assertOnce(result, call);
              assertCleanedUp(verb, call, result, { ofContent });
            });
          });
        }
      }
    }
  });
}
