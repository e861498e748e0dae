/** Which faults a call of the engine's API has, and what each comes to. */
import { json } from "../fakes/engine.ts";
import { CALL_FAULTS, type CallFault } from "./call_faults.ts";
import type { Rule, Step } from "./scripted_engine.ts";
import type { VerbName } from "./sessions.ts";
import { type CallName, ON, wellBut } from "./well.ts";

/** The calls whose answers are streams: a process may well be silent, too. */
export const STREAMS: CallName[] = ["attach", "execStart"];

/** What is no fault of these calls, because nothing of the answer is used, or something else is. */
const NO_FAULT: Partial<Record<CallName, RegExp>> = {
  start: /in place of|body without end/,
  resize: /in place of|body without end/,
  kill: /in place of|body without end/,
  // A container that is gone, or that the engine removes already, is what was asked for.
  remove: /in place of|body without end|^404$|^409$/,
  // Whatever it is, the image is there; 404 says that it is not, and has it pulled.
  image: /^404$|(nothing|null|list|number|object|types) in place of/,
  // News that say nothing; and the words of an error are read whatever the status is.
  pull: /(nothing|null|list|number|object|types) in place of/,
  logs: /nothing in place of/,
  // A HEAD has no body, and with other statuses an engine is taken for an old one.
  ping: /^(302|400|404|409)$/,
};

/** The faults of a call. */
export function faultsOf(call: CallName): CallFault[] {
  const unused = NO_FAULT[call];
  return CALL_FAULTS.filter(({ name, ofContent }) =>
    !unused?.test(name) && !(ofContent && (STREAMS.includes(call) || call === "ping"))
  );
}

/** The rules of an engine that has this fault. */
export function rulesOf(verb: VerbName, call: CallName, steps: Step[]): Rule[] {
  const message = "No such image: dockerpty.invalid/busybox:latest";
  const missing = [{ on: ON.create, steps: [json(404, { message })], times: 1 }];
  const before = verb === "run, with a pull"
    ? [...missing, ...call === "image" ? [] : [{ on: ON.image, steps: [json(404, { message })] }]]
    : [];
  return wellBut({ [call]: steps }, before);
}

/** The error that a fault of a call comes to. */
export function expected({ error, says }: CallFault, call: CallName): [string, RegExp] {
  // It is the last one: how the process ended is open.
  if (call === "execInspect" && !/^Protocol/.test(error)) {
    return ["ConnectionLostError", /may still be running/];
  }
  // How the wait is answered may be known when the session is open already.
  return call === "wait" ? [`${error}|ConnectionLostError`, /./] : [error, says];
}

/** What is said of a call that is not answered. */
export function late(call: CallName, timeout: number): RegExp {
  const path = ON[call].source.replace(/^\^/, "").replace(/\$$/, "").replace(
    " \\/",
    " (/v[\\d.]+)?/",
  );
  return new RegExp(`has not answered ${path} for ${timeout / 1000} second`);
}

/** A test with many steps, each with sessions of its own. */
export function tests(
  name: string,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, fn: body, timeout: 300_000, sanitizeOps: true, sanitizeResources: true });
}
