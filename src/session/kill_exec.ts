/**
 * Signals for a process that was started by an exec.
 *
 * The engine's API has no call for that. But a process's environment is readable inside the
 * container, in `/proc`, to processes of the same user: each exec gets a variable of its own, and
 * a second exec finds the processes that have it, and their descendants.
 *
 * @module
 */
import { EngineError, messageOf, SignalError } from "../errors.ts";
import { printableLines } from "../printable.ts";
import { foundBy, killCommand, type Way } from "./kill_script.ts";
import type { KillTogether } from "./kill_together.ts";
import { leaveAfter } from "./leave_silent.ts";
import type { Session } from "./session.ts";
import { codeOfStartFailure } from "./status.ts";

/** The pauses, in milliseconds, before a process is looked for again that is about to start. */
const LOOK_AGAIN = [0, 20, 50, 100, 200, 500, 1000];

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

/** An exec that is to get a signal. */
export interface MarkedExec {
  /** Its variable. */
  mark: string;
  /** Its container and user, as one text: equal where another exec's processes are found by the same. */
  target: string;
  /** Sends the signals of all execs of a client. */
  together: KillTogether;
  /** Opens another exec in the same container, as the same user. */
  openSibling: (command: readonly string[]) => Promise<Session>;
  /** Whether it has ended, as far as the engine knows. */
  hasEnded: () => Promise<boolean>;
  /** How long the other exec may say nothing, in milliseconds. */
  timeout: number;
}

/**
 * Sends a signal to an exec's processes. That there are none any more is no error.
 *
 * @throws {SignalError} if the container has no shell or no free pid to do it with, or they are not
 * found
 */
export async function killMarked(exec: MarkedExec, signal: string): Promise<void> {
  const { mark, target, together, hasEnded } = exec;
  const send = (marks: readonly string[]) => sendToAll(exec, signal, marks);
  for (const pause of LOOK_AGAIN) {
    await waitFor(pause);
    const found = await together.ask(`${signal} ${target}`, mark, send);
    // The engine answers an exec's start before there is a process.
    if (found || await hasEnded()) return;
  }
  throw new SignalError(
    `cannot send ${signal} to the command: its user sees no process of it in the container`,
  );
}

/** Sends a signal to the processes of all these marks; returns the marks that had any. */
async function sendToAll(
  { openSibling, timeout }: Pick<MarkedExec, "openSibling" | "timeout">,
  signal: string,
  marks: readonly string[],
): Promise<Set<string>> {
  const failed = (why: string, cause?: unknown) =>
    new SignalError(`cannot send ${signal} to the command: ${why}`, { cause });
  let words = "";
  let cause: unknown;
  for (const [way, pause] of TRIES) {
    await waitFor(pause);
    try {
      await using sibling = await openSibling(killCommand(signal, way, marks));
      using time = leaveAfter(sibling, timeout);
      const said = await firstLine(sibling);
      const found = foundBy(said, marks);
      if (found !== null) return found;
      if (!time.isOver) words = await allWords(sibling, said);
      if (time.isOver) {
        throw failed(
          `for ${timeout / 1000} seconds nothing was heard of what is to do it in the container`,
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
  for await (const bytes of session.stdout.values({ preventCancel: true })) {
    said += decoder.decode(bytes, { stream: true });
    if (said.includes("\n")) break;
  }
  return said;
}

/** All that was said in place of a script's word, in one line. */
async function allWords(session: Session, said: string): Promise<string> {
  const { stdout, stderr } = session;
  for (const stream of [stdout, stderr]) {
    const decoder = new TextDecoder();
    for await (const bytes of stream ?? []) said += decoder.decode(bytes, { stream: true });
  }
  return printableLines(said).trim().split(/\s*\n\s*/)[0].slice(0, 300);
}

async function waitFor(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
