/** Which faults a call of the engine's API has, and what each comes to. */
import { json } from "../fakes/engine.ts";
import { CALL_FAULTS, type CallFault } from "./call_faults.ts";
import type { Rule, Step } from "./scripted_engine.ts";
import type { VerbName } from "./sessions.ts";
import { type CallName, ON, wellBut } from "./well.ts";

/** The calls whose answers are streams: a process may well be silent, too. */
export const STREAMS: CallName[] = ["attach", "execStart"];

/** JSON, whatever it is of, and nothing at all. */
const ANY_JSON = /(nothing|null|list|number|object|types) in place of/;

/** What is no fault of these calls, because nothing of the answer is used, or something else is. */
const NO_FAULT: Partial<Record<CallName, RegExp>> = {
  start: ANY_JSON,
  resize: ANY_JSON,
  kill: ANY_JSON,
  // A container that is gone, or that the engine removes already, is what was asked for.
  remove: new RegExp(`${ANY_JSON.source}|^404$|^409$`),
  // Whatever it is, the image is there; 404 says that it is not, and has it pulled.
  image: new RegExp(`${ANY_JSON.source}|^404$`),
  // News that say nothing; and the words of an error are read whatever the status is.
  pull: ANY_JSON,
  logs: /nothing in place of/,
  // A HEAD has no body, and with other statuses an engine is taken for an old one.
  ping: /^(302|400|404|409)$/,
};

/** What can be wrong with an answer to a call: of some, there is no content, or it is a stream. */
function wrongAnswersTo(call: CallName): CallFault[] {
  const hasContent = !STREAMS.includes(call) && call !== "ping";
  return CALL_FAULTS.filter(({ ofContent }) => hasContent || !ofContent);
}

/** The faults of a call. */
export function faultsOf(call: CallName): CallFault[] {
  return wrongAnswersTo(call).filter(({ name }) => !NO_FAULT[call]?.test(name));
}

/** What would be a fault of another call, and is none of this one. */
export function noFaultsOf(call: CallName): CallFault[] {
  return wrongAnswersTo(call).filter(({ name }) => NO_FAULT[call]?.test(name));
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

/** What is said of an answer that is none. */
const NO_ANSWER: Partial<Record<CallName, RegExp>> = {
  create: /created a container and did not say its id$/,
  inspect: /answer about the container "box" does not tell its state$/,
  wait: /answer to the wait for a container is not one: "/,
  logs: /output (is not a multiplexed stream|was cut short, inside the header of a frame)/,
  execCreate: /created an exec and did not say its id$/,
  execInspect: /answer about the command does not tell whether it runs$/,
};

/** The error that a fault of a call comes to. */
export function expected({ error, says, ofContent }: CallFault, call: CallName): [string, RegExp] {
  // It is the last one, or the wait's content, which comes at the end: how the process ended is open.
  const last = call === "execInspect" || call === "wait" && ofContent;
  if (last && !/^Protocol/.test(error)) return ["ConnectionLostError", /may still be running/];
  return [error, says ?? NO_ANSWER[call]!];
}

/** What is said of a call that is not answered. */
export function late(call: CallName, timeout: number): RegExp {
  const path = ON[call].source.replace(/^\^/, "").replace(/\$$/, "").replace(
    " \\/",
    " (/v[\\d.]+)?/",
  );
  return new RegExp(`has not answered ${path} for ${timeout / 1000} second`);
}
