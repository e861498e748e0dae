/**
 * The errors that this package throws. Each message says what was tried, on what, and what the
 * other side answered; {@linkcode Error.cause} holds the error underneath where there is one.
 *
 * @module
 */
import { printable } from "./printable.ts";

/**
 * The base of every error that this package throws on purpose. Its message is one line, and can be
 * shown at a terminal: control characters of an engine's words or a name's are not in it.
 *
 * @example Tell this package's errors from others
 * ```ts
 * import { DockerptyError, parseDetachKeys } from "@dockerpty/dockerpty";
 * import { assertInstanceOf } from "@std/assert";
 *
 * try {
 *   parseDetachKeys("shift-z");
 * } catch (error) {
 *   assertInstanceOf(error, DockerptyError);
 * }
 * ```
 */
export class DockerptyError extends Error {
  /** The error's class, for logs. */
  override name = "DockerptyError";

  /** Makes an error with a message that can be shown. */
  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? message : printable(message), options);
  }
}

/** An option has a value that cannot be used. Nothing was sent to the engine. */
export class InvalidOptionError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "InvalidOptionError";
}

/** The address of the engine cannot be understood, or is of a kind that is not supported. */
export class EndpointError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "EndpointError";
}

/** The engine cannot be reached, or the connection to it was lost. */
export class ConnectionError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "ConnectionError";
}

/** The engine has not answered within the time that {@linkcode ClientOptions.timeout} gives it. */
export class EngineTimeoutError extends ConnectionError {
  /** The error's class, for logs. */
  override name = "EngineTimeoutError";
}

/**
 * The connection to the engine was lost in a session, while the process in the container ran, or
 * the engine does not tell how that ended. It may still be running.
 */
export class ConnectionLostError extends ConnectionError {
  /** The error's class, for logs. */
  override name = "ConnectionLostError";
}

/** The other side does not speak the engine's protocol, or stopped in the middle of it. */
export class ProtocolError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "ProtocolError";
}

/** The output ended in the middle of a frame, as it does where the connection is cut. */
export class CutShortError extends ProtocolError {
  /** The error's class, for logs. */
  override name = "CutShortError";
}

/** What an {@linkcode EngineError} is made from. */
export interface EngineErrorDetails {
  /** The HTTP status that the engine answered with. */
  status: number;
  /** The HTTP method of the request. */
  method: string;
  /** The path of the request, with its query. */
  path: string;
}

/** The engine refused a request. The message is the engine's own. */
export class EngineError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "EngineError";
  /** The HTTP status that the engine answered with, such as 404. */
  readonly status: number;
  /** The HTTP method of the refused request. */
  readonly method: string;
  /** The path of the refused request, with its query. */
  readonly path: string;
  /** The message as it was before anything was added to it, as what became of a removal. */
  readonly words: string;

  /** Makes an error from the engine's message and the request that it refused. */
  constructor(message: string, details: EngineErrorDetails) {
    super(message);
    this.words = message;
    this.status = details.status;
    this.method = details.method;
    this.path = details.path;
  }
}

/** A container is in a state in which nothing can be attached to it. */
export class ContainerStateError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "ContainerStateError";
  /** The exit code of a container that has ended; undefined of one in another state. */
  readonly exitCode?: number;
  /** Whether it is paused: its process goes on once it is not. */
  readonly paused: boolean;

  /** Makes an error that says what state the container is in. */
  constructor(
    message: string,
    options: ErrorOptions & { exitCode?: number; paused?: boolean } = {},
  ) {
    super(message, options);
    this.exitCode = options.exitCode;
    this.paused = options.paused ?? false;
  }
}

/** A process that an exec started cannot be sent a signal: nothing in the container can do that. */
export class SignalError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "SignalError";
}

/** A terminal was asked for where there is none. */
export class NotTerminalError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "NotTerminalError";
}

/** Another session of this process reads from the terminal already, and goes on. */
export class TerminalInUseError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "TerminalInUseError";
}

/** The terminal was hung up: its window was closed, or the connection to it was lost. */
export class TerminalHangupError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "TerminalHangupError";
}

/** What the process writes cannot be shown: stdout or stderr of this side took no more. */
export class OutputError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "OutputError";
}

/**
 * A signal to this process came while a session was being opened. What was made for it is removed
 * again, and the process ends by the signal, as it would have at once without that.
 */
export class InterruptedError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "InterruptedError";
  /** The signal. */
  readonly signal: Deno.Signal;

  /** Makes an error that names the signal. */
  constructor(signal: Deno.Signal, options?: ErrorOptions) {
    super(`${signal} came before the session was open`, options);
    this.signal = signal;
  }
}

/** A permission of Deno's is missing; {@linkcode PermissionError.flags} says which. */
export class PermissionError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "PermissionError";
  /** The flags of `deno run` that grant what is missing, such as `--allow-read=/run/docker.sock`. */
  readonly flags: readonly string[];

  /** Makes an error that names what was tried and the flags to add. */
  constructor(tried: string, flags: readonly string[]) {
    super(`no permission to ${tried}: run Deno with ${flags.join(" ")}`);
    this.flags = flags;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
