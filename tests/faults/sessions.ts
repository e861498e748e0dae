/** The sessions that faults are put into, by the library, on a scripted engine. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Client, DockerptyError, type Session } from "@dockerpty/dockerpty";
import { deadline } from "../harness/until.ts";
import { type Rule, ScriptedEngine } from "./scripted_engine.ts";
import { type CallName, ON } from "./well.ts";

/** Opens a session in each way. */
export const OPEN = {
  run: (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.run("busybox", ["true"], { remove: true, signal }),
  "run, with a pull": (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.run("dockerpty.invalid/busybox", ["true"], { remove: true, signal }),
  start: (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.start("box", { signal }),
  attach: (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.attach("box", { signal }),
  "attach, with a tail": (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.attach("box", { signal, tail: 3 }),
  exec: (client: Client, signal?: AbortSignal): Promise<Session> =>
    client.exec("box", ["true"], { signal }),
} as const;

/** The ways to open one. */
export type VerbName = keyof typeof OPEN;

/** The calls that each makes, in their order; what others make too is left out. */
export const CALLS: Record<VerbName, CallName[]> = {
  run: ["create", "attach", "wait", "start"],
  "run, with a pull": ["image", "pull"],
  start: ["inspect", "attach", "wait", "start"],
  attach: ["inspect", "attach", "wait"],
  "attach, with a tail": ["logs"],
  exec: ["execCreate", "execStart", "execInspect"],
};

/** So long an engine may be silent here, in milliseconds, where nothing else is tested. */
export const PATIENT = 20_000;

/** So long a session may take, in milliseconds, before it is said to hang. */
const HANG = 25_000;

/** What became of a session. */
export interface Outcome {
  error?: Error;
  code?: number;
  stdout: string;
  stderr: string;
  events: string[];
}

/** Opens a session on an engine, and reads it to its end. */
export async function outcome(
  verb: VerbName,
  rules: Rule[],
  { timeout = PATIENT, abort, use }: {
    timeout?: number;
    /** Aborts the session's signal once this has happened. */
    abort?: RegExp;
    /** What is done with the session, in place of reading it. */
    use?: (session: Session) => Promise<unknown>;
  } = {},
): Promise<Outcome> {
  await using engine = new ScriptedEngine(rules);
  const client = new Client({ endpoint: engine.host, timeout });
  const controller = new AbortController();
  if (abort) engine.happened(abort).then(() => controller.abort(new Aborted("given up")));
  const seen = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof seen) => ({
    write: (bytes: Uint8Array) => void (seen[name] += new TextDecoder().decode(bytes)),
  });
  const whole = async () => {
    await using session = await OPEN[verb](client, abort && controller.signal);
    if (use) return void await use(session);
    await session.forward({ stdout: sink("stdout"), stderr: sink("stderr") });
    const status = await session.status;
    return status.reason === "exited" ? status.code : undefined;
  };
  let result: Pick<Outcome, "error" | "code">;
  try {
    result = { code: await deadline(whole(), HANG, `${verb} to end`) };
  } catch (error) {
    assert(error instanceof Error);
    result = { error };
  }
  // Nothing stays open behind a session, however it ended.
  await engine.left();
  return { ...result, ...seen, events: [...engine.events] };
}

/** How long an engine may be silent where it is, in milliseconds; longer on a machine that is busy. */
const SHORT = [100, 1000, PATIENT];

/**
 * Does something that gives an engine a short time. Where the machine is too busy for that, another
 * call than the one that is meant can be late: then it is done again with more.
 */
export async function inShortTime(run: (timeout: number) => Promise<void>): Promise<void> {
  for (const timeout of SHORT) {
    try {
      return await run(timeout);
    } catch (error) {
      if (timeout === SHORT.at(-1)) throw error;
    }
  }
}

/** What a session is aborted with. */
export class Aborted extends Error {
  override name = "Aborted";
}

/** Checks that a session failed, with an error of one line that says this. */
export function assertFailed({ error, code }: Outcome, name: string, says: RegExp): void {
  assert(error !== undefined, `it ended with the code ${code}`);
  const names = name.replace("ProtocolError", "ProtocolError|CutShortError");
  assertMatch(error.name, new RegExp(`^(${names})$`), String(error.stack));
  assert(error instanceof DockerptyError || error instanceof Aborted);
  assertMatch(error.message, says);
  // deno-lint-ignore no-control-regex -- none may be in it
  assert(!/[\0-\x1f]/.test(error.message), error.message);
  assert(error.message.length < 5000, `${error.message.length}`);
}

/** How often a call was made. */
export function count({ events }: Outcome, call: CallName): number {
  return events.filter((event) => ON[call].test(event)).length;
}

/** Checks that a call was made, and once. */
export function assertOnce(result: Outcome, call: CallName): void {
  assertEquals(count(result, call), 1, `${call}: ${result.events.join(", ")}`);
}

/** Checks that a container that was to be removed was, if it was made at all. */
export function assertRemoved(result: Outcome): void {
  assertOnce(result, "remove");
}
