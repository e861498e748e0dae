/**
 * A session: a process in a container, its streams, its exit status, and what can be done to it.
 *
 * @module
 */
import type { Winsize } from "../winsize.ts";

/** How a session ended: the process with a code, or the client by leaving it. */
export type ExitStatus =
  | {
    /** The process ended. */
    reason: "exited";
    /** Its exit code; 128 and the signal's number where a signal ended it. */
    code: number;
  }
  | {
    /** The client left, and the process runs on. */
    reason: "detached";
  };

/** What a process wrote, and how it ended. */
export interface SessionOutput {
  /** How it ended. */
  status: ExitStatus;
  /** What it wrote to stdout; with a tty, all that it wrote. */
  stdout: Uint8Array<ArrayBuffer>;
  /** What it wrote to stderr; empty with a tty. */
  stderr: Uint8Array<ArrayBuffer>;
}

/** Takes bytes. They are valid until the promise it returns settles. */
export interface Sink {
  /** Takes all of `bytes`; nothing more is written before the promise resolves. */
  write(bytes: Uint8Array): Promise<void> | void;
}

/**
 * A process in a container and the hijacked connection to it, in the shape of `Deno.ChildProcess`.
 *
 * @example Feed a process and read what it makes of that
 * ```ts
 * import { Client } from "@dockerpty/dockerpty";
 * import { toText } from "@std/streams/to-text";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Client();
 * await using session = await client.run("busybox", ["tr", "a-z", "A-Z"], {
 *   stdin: "piped",
 *   network: "none",
 *   remove: true,
 * });
 * await ReadableStream.from(["hello"]).pipeThrough(new TextEncoderStream()).pipeTo(session.stdin!);
 * assertEquals(await toText(session.stdout), "HELLO");
 * assertEquals(await session.status, { reason: "exited", code: 0 });
 * ```
 */
export interface Session extends AsyncDisposable {
  /** The id of the container, or of the exec. */
  readonly id: string;
  /** Whether the process has a terminal. */
  readonly tty: boolean;
  /** The size that was asked for the process's terminal last; null where this session asked for none. */
  readonly size: Readonly<Winsize> | null;
  /**
   * What is written here, the process reads; null where stdin was not asked for, or the container
   * that was attached to has none. Closing it ends
   * the process's stdin, and output goes on. With a tty there is no such end (write `\x04`, the
   * key ctrl-d), nor where the container keeps its stdin open for others: closing then does
   * nothing to the process. A write fails with a {@linkcode ConnectionError} once the process takes
   * no more, and with an {@linkcode InvalidOptionError} for what is not bytes: after that it cannot be
   * closed. Aborting it is closing it, so a source that fails while it is piped here looks to the process
   * like its end; and one that gives nothing is not told that the process has ended.
   */
  readonly stdin: WritableStream<Uint8Array> | null;
  /**
   * What the process writes to stdout; with a tty, all that it writes. It is read from the engine
   * as fast as it is read here. While {@linkcode stderr} is full and unread, this waits too (and
   * after five seconds `console.warn` says so, once): read both, or open the session with
   * `stderr: "null"`. Each piece has a buffer of its own, and a reader
   * may bring one (`getReader({ mode: "byob" })`), which takes less memory. It ends
   * when it is known how the process did, and fails with a {@linkcode ConnectionLostError} where the
   * connection was cut: what has ended is whole. Throws an {@linkcode InvalidOptionError} where stdout is not piped, or
   * {@linkcode forward} reads it.
   */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the process writes to stderr; null with a tty, and where it is not piped. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /**
   * How the session ended. Rejects with a {@linkcode ConnectionError} if the connection was lost
   * while the process ran. A process cannot end while its output is full and unread: whoever wants
   * the status alone opens the session with `stdout: "null", stderr: "null"`, or cancels the two. Else
   * `console.warn` says so after five seconds, once.
   */
  readonly status: Promise<ExitStatus>;
  /**
   * Reads all that is left of the output, and waits for the end.
   *
   * @throws {InvalidOptionError} if somebody reads it, or has read all of it by this
   */
  output(): Promise<SessionOutput>;
  /**
   * Gives all output to sinks as it arrives, in place of {@linkcode stdout} and {@linkcode stderr},
   * without a copy. Resolves at the output's end, which that of a connection that was cut looks like:
   * {@linkcode status} tells.
   *
   * @throws {InvalidOptionError} if somebody reads it
   * @throws {ConnectionError} if the connection broke; and what a sink throws
   */
  forward(sinks: { stdout: Sink; stderr: Sink }): Promise<void>;
  /**
   * Tells the process the size of its terminal; without a tty this does nothing to it.
   *
   * @throws {InvalidOptionError} if it is no size: whole numbers from 1 to 65535
   * @throws {EngineError} if the process has ended
   */
  resize(size: Winsize): Promise<void>;
  /**
   * Sends the process a signal. Docker may take no signal for a container while its output is full and
   * unread: read that, cancel it, or {@linkcode detach}.
   *
   * An exec's processes are found in its container, by a variable in their environment: those that have
   * it, and their descendants. A main process that has replaced its environment (`env -i …`) or its user
   * (`su`, `gosu`) is told from other such commands, and from those that other programs have started
   * (`docker exec`), by `GET /containers/{id}/top`: by the order in which they began. An engine that does
   * not tell that makes it an error.
   *
   * @param signal the signal's name
   * @default {"SIGTERM"}
   * @throws {InvalidOptionError} if there is no such signal
   * @throws {SignalError} of an exec: if its container has no shell, or no free pid, to do it with; if its
   * main process is not found while it runs; or if nothing is heard of what is to do it
   * @throws {EngineError} if the container has ended; of an exec that has ended, nothing is said
   */
  kill(signal?: Deno.Signal): Promise<void>;
  /**
   * Leaves the process running and closes the connection: the session ends as `detached`. With the
   * connection a process without a tty that `run` has given a piped stdin sees the end of that.
   */
  detach(): void;
  /**
   * The same as {@linkcode detach}, and nothing where the session has ended. Nothing is open behind
   * it, for which it waits a second at most. A session that was opened with `dispose: "kill"` ends the
   * process first, and throws what {@linkcode kill} does where that cannot be.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
