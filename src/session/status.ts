/**
 * How a process ended, from what the engine says of it.
 *
 * @module
 */
import {
  ConnectionError,
  ConnectionLostError,
  CutShortError,
  EngineError,
  EngineTimeoutError,
} from "../errors.ts";
import type { ExecInspect, WaitAnswer } from "../engine/types.ts";
import type { ExitStatus } from "./session.ts";

/**
 * The exit status in the answer to a wait.
 *
 * @throws {ConnectionLostError} if the wait itself went wrong
 */
export function statusFromWait({ StatusCode, Error }: WaitAnswer): ExitStatus {
  if (Error?.Message) {
    throw new ConnectionLostError(
      `the engine could not wait for the container: ${Error.Message}; it may still be running`,
    );
  }
  return { reason: "exited", code: StatusCode };
}

/** The exit code of an exec that has ended; null while it runs, or while the engine does not know. */
export function codeFromExec({ Running, ExitCode }: ExecInspect): number | null {
  return Running || !Number.isInteger(ExitCode) ? null : ExitCode;
}

/** Says of a lost connection, or of an engine that does not tell, what it means for the process. */
export function lostWhileRunning(error: unknown): unknown {
  if (error instanceof ConnectionLostError) return error;
  const problem = error instanceof EngineTimeoutError
    ? error.message
    : error instanceof ConnectionError
    ? "the connection to the engine was lost"
    : error instanceof EngineError
    ? `the engine does not tell how the process ended: ${error.message}`
    : undefined;
  if (problem === undefined) return error;
  return new ConnectionLostError(
    `${problem}; the process in the container may still be running`,
    { cause: error },
  );
}

/** Whether an error says that a session's connection was lost. */
export function isLost(error: unknown): boolean {
  return error instanceof ConnectionLostError || error instanceof CutShortError;
}

/**
 * Whether a process was not there to take a signal: its session is about to end, too. One in a container
 * that is paused is there.
 */
export function wasNotThere(error: unknown): boolean {
  // With the verb: a container's name may be any word.
  return error instanceof EngineError && !/\b(is|are) paused\b|\bunpause\b/.test(error.message) &&
    // Podman's words come with a 500.
    ([404, 409].includes(error.status) || /state improper/.test(error.message));
}

/**
 * The exit code of a command that could not be started, from the engine's words; null if they say
 * something else. 127: there is no such command. 126: it cannot be executed.
 */
export function codeOfStartFailure(message: string): 126 | 127 | null {
  if (/executable file not found|no such file or directory|cannot find the file/i.test(message)) {
    return 127;
  }
  return /permission denied|is a directory|exec format error|not a directory/i.test(message)
    ? 126
    : null;
}

/** {@linkcode codeOfStartFailure} of an error that a start was refused with. */
export function codeOfStartError(error: unknown): 126 | 127 | null {
  // A registry or a volume can be denied in the same words: only a start's are of the command.
  if (!(error instanceof EngineError)) return null;
  const ofStart = /\/start(\?|$)/.test(error.path) ||
    // Podman prepares the process when it is attached to, and adds these words to the runtime's.
    /\/attach\?/.test(error.path) && /OCI (runtime|permission)/.test(error.message);
  return ofStart ? codeOfStartFailure(error.words) : null;
}
