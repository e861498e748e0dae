/**
 * The codes that the command ends with, as docker's: the process's own; 128 and a signal's number;
 * 125 for a failure of ours or the engine's; 126 and 127 for a command that cannot be started.
 *
 * @module
 */
import {
  ConnectionLostError,
  InvalidOptionError,
  NotTerminalError,
  OutputError,
  ProtocolError,
  TerminalHangupError,
} from "../errors.ts";
import { FlagError, UsageError } from "./args.ts";
import type { ExitStatus } from "../session/session.ts";
import { codeOfStartError } from "../session/status.ts";

/** What docker's command line takes for a command that is not there: it ends with 127. */
export class CommandNotFoundError extends UsageError {
  /** The error's class, for logs. */
  override name = "CommandNotFoundError";
}

/** The code for a session that ended: leaving it is no failure. */
export function codeOfStatus(status: ExitStatus): number {
  if (status.reason === "detached" || status.code === 0) return 0;
  // The system keeps eight bits of a code: what is none must not become 0.
  return (status.code & 0xff) || FAILURE_CODE;
}

/** The code for what went wrong in a session. */
const FAILURE_CODE = 125;

/** 128 and the number of SIGPIPE. */
const SIGPIPE_CODE = 141;

/** 128 and the number of SIGHUP. */
const SIGHUP_CODE = 129;

/** Whether it is this side that failed, for which docker's code is 1 of every verb. */
function isLocal(error: unknown): boolean {
  return error instanceof NotTerminalError || error instanceof OutputError;
}

/** The code for an error in a verb. */
export function codeOfError(error: unknown, verb: string): number {
  // Whoever read the output has left: docker's run calls that a failure, the others end as of SIGPIPE.
  if (error instanceof Deno.errors.BrokenPipe) return verb === "run" ? 1 : SIGPIPE_CODE;
  if (error instanceof TerminalHangupError) return SIGHUP_CODE;
  // A session that broke must not look like a process that failed.
  if (error instanceof ConnectionLostError || error instanceof ProtocolError) return FAILURE_CODE;
  if (error instanceof CommandNotFoundError) return 127;
  if (error instanceof FlagError) return 125;
  if (error instanceof UsageError || error instanceof InvalidOptionError) return 1;
  if (verb !== "run" || isLocal(error)) return 1;
  return codeOfStartError(error) ?? 125;
}
