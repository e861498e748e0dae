/**
 * Signals for a process that was started by an exec.
 *
 * The engine's API has no call for that. But a process's environment is readable inside the
 * container, in `/proc`, to processes of the same user: each exec gets a variable of its own, and
 * a second exec finds the processes that have it, and their descendants.
 *
 * A main process that has replaced its environment or its user (`env -i`, `su`, `gosu`) is found by what
 * the engine knows: see ids_inside.ts. That there is but one without a variable says nothing: an engine
 * tells of an exec's end up to seconds later, and what is there may be somebody else's.
 *
 * What runs in the container may be hostile: it can write any variable, and be the shell that is asked.
 * So nobody is taken for another one's by what a process can write, and the engine has the last word.
 *
 * @module
 */
import { ConnectionLostError, EngineError, messageOf, SignalError } from "../errors.ts";
import { printableLines } from "../printable.ts";
import type { IdsInside, MainProcess } from "./ids_inside.ts";
import { killCommand, type Said, saidBy, type Way } from "./kill_script.ts";
import type { Asker, KillTogether } from "./kill_together.ts";
import { leaveAfter } from "./leave_silent.ts";
import type { Session } from "./session.ts";
import { codeOfStartFailure } from "./status.ts";

/** The pauses, in milliseconds, before a process is looked for again that is about to start. */
const LOOK_AGAIN = [0, 20, 50, 100, 200, 500, 1000];

/**
 * The pauses, in milliseconds, before the engine is asked again whether a process has ended that was
 * killed. Docker tells of an exec's end behind those of others, each of which may take it two seconds.
 */
const END_AGAIN = [0, 10, 20, 50, 100, 200, 500, ...Array(9).fill(1000)];

/** How much is listened to of what the script should be: its line has a word for each of a thousand marks. */
const MOST_SAID = 256 * 1024;

/**
 * How a signal is sent, and the pauses before, in milliseconds, where the container takes no more
 * processes: one may have ended, and the last way needs just one.
 */
const TRIES: readonly [Way, pause: number][] = [["grep", 0], ["read", 50], ["read", 300]];

/**
 * What engines, their runtimes and shells say where there is no free pid. (The runtime's first process
 * is there already, and cannot fork: what is told is its end.)
 */
const NO_PID = /\bfork\b|temporarily unavailable|read init-p|final child's pid|preliminary setup/i;

/** What the engine knows of an exec's process. */
export type ExecState = { is: "starts" | "ended" } | { is: "runs"; hostId: number };

/** An exec that is to get a signal. */
export interface MarkedExec {
  /** Its variable. */
  mark: string;
  /** Its container and user, as one text: equal where another exec's processes are found by the same. */
  target: string;
  /** Sends the signals of all execs of a client. */
  together: KillTogether<Looked>;
  /** Opens another exec in the same container, as the same user. */
  openSibling: (command: readonly string[]) => Promise<Session>;
  /** What the engine knows of it. It may say that one runs whose process is not there yet: that one starts. */
  state: () => Promise<ExecState>;
  /** The ids, inside, of the container's main processes, by those on the engine's host. */
  idsInside: (look: () => Promise<readonly MainProcess[]>) => Promise<IdsInside>;
  /** How long the other exec may say nothing, in milliseconds. */
  timeout: number;
}

/** An exec whose processes are looked for. */
export interface Looked extends Asker, Pick<MarkedExec, "state"> {
  reached: boolean;
  /** Whether its main process was there before they are. */
  ran: boolean;
  /** Whether the signal has reached others of them. */
  told: boolean;
  /** How many main processes there were then that may be its own. */
  candidates: number;
  /** Why it cannot be reached. */
  failure?: SignalError;
}

/**
 * Sends a signal to an exec's processes. That there are none any more is no error.
 *
 * @throws {SignalError} if the container has no shell or no free pid to do it with, they are not found,
 * or the main process runs on after SIGKILL
 */
export async function killMarked(exec: MarkedExec, signal: string): Promise<void> {
  const { mark, state, together } = exec;
  const target = `${signal} ${exec.target}`;
  const looked: Looked = { mark, state, reached: false, ran: false, told: false, candidates: 0 };
  using _part = together.enter(target, looked);
  for (const pause of LOOK_AGAIN) {
    await waitFor(pause);
    await together.round(target, looked, (all) => sendToAll(exec, signal, all));
    if (looked.failure !== undefined) throw looked.failure;
    if (looked.reached) return signal === "SIGKILL" ? await requireEnd(exec) : undefined;
    // The engine answers an exec's start before there is a process.
    const now = await state();
    if (now.is === "ended") return;
    looked.ran = now.is === "runs";
  }
  throw new SignalError(
    `cannot send ${signal} to the command: ` +
      (looked.candidates > 0
        ? "its main process cannot be told from others in the container, as it has replaced its " +
          `environment or user (candidates: ${looked.candidates})`
        : "its user sees no process of it in the container"),
  );
}

/** What the script says is said by the container's own shell. */
async function requireEnd({ state }: MarkedExec): Promise<void> {
  for (const pause of END_AGAIN) {
    await waitFor(pause);
    if ((await state()).is === "ended") return;
  }
  throw new SignalError(
    "cannot send SIGKILL to the command: it runs on, though the container's sh says that it was sent",
  );
}

/** Sends a signal to the processes of all these. */
async function sendToAll(how: How, signal: string, all: readonly Looked[]): Promise<void> {
  const ran = all.filter((looked) => looked.ran);
  // The others have got it: they do not get it again whenever the main process is looked for.
  const again = all.every(({ told }) => told);
  const marks = all.map(({ mark }) => mark);
  let { reached, strays, foreign } = await runScript(how, again ? "0" : signal, marks);
  // One whose main process is found at last.
  if (again && [...reached.values()].includes("sent")) {
    ({ reached, strays, foreign } = await runScript(how, signal, marks));
  }
  const candidates = [...strays, ...foreign];
  for (const looked of all) {
    looked.failure = refusal(signal, reached.get(looked.mark));
    looked.reached = looked.failure !== undefined || reached.get(looked.mark) === "sent";
    looked.told = reached.get(looked.mark) === "part";
    looked.candidates = candidates.length;
  }
  // What runs now, and did before they were looked for, has a main process among those, or has ended.
  const missing = ran.filter((looked) => !looked.reached);
  if (missing.length === 0) return;
  const states = await Promise.all(missing.map(({ state }) => state()));
  const hostIds = new Map<Looked, number>();
  states.forEach((now, index) => now.is === "runs" && hostIds.set(missing[index], now.hostId));
  if (hostIds.size === 0) return;
  const ids = await tellApart(how, hostIds, candidates);
  if (ids.size === 0) return;
  const wanted = [...ids.values()].map((id) => `@${id}`);
  const theirs = [...ids.keys()].map(({ mark }) => mark);
  const said = await runScript(how, signal, [...theirs, ...wanted]);
  for (const [looked, id] of ids) {
    looked.failure = refusal(signal, said.reached.get(looked.mark), said.reached.get(`@${id}`));
    looked.reached = true;
  }
}

/** The error of a process that takes no signal of the user that it was started as. */
function refusal(signal: string, ...words: (string | undefined)[]): SignalError | undefined {
  if (!words.includes("denied")) return undefined;
  return new SignalError(
    `cannot send ${signal} to the command: a process of it belongs to another user, who takes no ` +
      "signals of the one that it was started as",
  );
}

/**
 * Those of the execs whose main process is known to be one of the candidates, and its id. Where it is known
 * to be none any more, nothing is left to be reached.
 */
async function tellApart(
  how: How,
  hostIds: ReadonlyMap<Looked, number>,
  candidates: readonly string[],
): Promise<Map<Looked, string>> {
  const marks = [...hostIds.keys()].map(({ mark }) => mark);
  const { ids, isGone } = await how.idsInside(async () => (await runScript(how, "0", marks)).mains);
  const found = new Map<Looked, string>();
  for (const [looked, hostId] of hostIds) {
    const id = ids.get(hostId);
    if (id !== undefined && candidates.includes(id)) found.set(looked, id);
    if (isGone(hostId)) looked.reached = true;
  }
  return found;
}

/** What running the script takes. */
type How = Pick<MarkedExec, "openSibling" | "timeout" | "idsInside">;

/** Runs the script in the container. */
async function runScript(
  { openSibling, timeout }: How,
  signal: string,
  wanted: readonly string[],
): Promise<Said> {
  const failed = (why: string, cause?: unknown) =>
    new SignalError(`cannot send ${signal} to the command: ${why}`, { cause });
  let words = "";
  let cause: unknown;
  for (const [way, pause] of TRIES) {
    await waitFor(pause);
    try {
      await using sibling = await openSibling(killCommand(signal, way, wanted));
      using time = leaveAfter(sibling, timeout);
      const line = await firstLine(sibling);
      const said = saidBy(line, wanted);
      if (said !== null) return said;
      if (!time.isOver) words = await allWords(sibling, line);
      if (time.isOver) {
        throw failed(
          `nothing was heard within ${timeout / 1000} s of what is to do it in the container`,
        );
      }
    } catch (error) {
      if (!(error instanceof EngineError && NO_PID.test(error.message))) throw error;
      words = messageOf(error);
      cause = error;
    }
    if (codeOfStartFailure(words) !== null) {
      throw failed("the container has no shell to do it with");
    }
    if (!NO_PID.test(words)) {
      throw failed(`what is to do it in the container ${words ? `says: ${words}` : "has ended"}`);
    }
  }
  throw failed(
    `the container takes no more processes, as where its limit of them is reached (${words})`,
    cause,
  );
}

/** What a script says first. Not its end: engines tell that only when all else has been read. */
async function firstLine(session: Session): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  // It is read on, perhaps, where the line is none of the script's.
  for await (const bytes of whatCame(session.stdout, { preventCancel: true })) {
    said += decoder.decode(bytes, { stream: true });
    if (said.includes("\n") || said.length > MOST_SAID) break;
  }
  return said;
}

/** What came of a stream, also where its connection was cut: as the container's end does it. */
async function* whatCame(
  stream: ReadableStream<Uint8Array>,
  options: ReadableStreamIteratorOptions = {},
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.values(options);
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
  }
}

/** All that was said in place of a script's word, in one line. */
async function allWords(session: Session, said: string): Promise<string> {
  const { stdout, stderr } = session;
  for (const stream of [stdout, stderr]) {
    const decoder = new TextDecoder();
    for await (const bytes of stream ? whatCame(stream) : []) {
      said += decoder.decode(bytes, { stream: true });
      // It may never end.
      if (said.length > MOST_SAID) return toldOf(said);
    }
  }
  return toldOf(said);
}

/** What is told of it: its first line. */
function toldOf(said: string): string {
  return printableLines(said.slice(0, 4096)).trim().split(/\s*\n\s*/)[0].slice(0, 300);
}

async function waitFor(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
