/**
 * A process's whole output, with limits on its size and its time.
 *
 * @module
 */
import { DockerptyError, InvalidOptionError } from "../errors.ts";
import { checkAmount, LONGEST_TIME } from "./check_options.ts";
import type { Session, SessionOutput } from "./session.ts";
import { wasNotThere } from "./status.ts";

/** A process wrote more than it was allowed to. */
export class OutputLimitError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "OutputLimitError";
}

/** Options of {@linkcode capture}. */
export interface CaptureOptions {
  /**
   * What the process reads from stdin, up to its end. The session's stdin must be piped. With a tty
   * there is no end but the key ctrl-d: end the input with `\x04`, or a program that reads on waits.
   *
   * @default {nothing; stdin ends at once where it is piped}
   */
  input?: string | Uint8Array | ReadableStream<Uint8Array>;
  /**
   * How many bytes are kept of stdout, and as many of stderr.
   *
   * @default {no limit}
   */
  limit?: number;
  /**
   * What more output than that does: `error` ends the process and rejects, `truncate` drops what is
   * too much and lets the process go on.
   *
   * @default {"error"}
   */
  overflow?: "error" | "truncate";
  /**
   * Ends the process after this many milliseconds, from when the session is open.
   *
   * @default {no time limit}
   */
  timeout?: number;
  /**
   * Ends the process when it aborts. (The option of the same name that a session is opened with leaves
   * it running.)
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
}

/** What {@linkcode capture} resolves to. */
export interface Captured extends SessionOutput {
  /** Whether output was dropped. */
  truncated: boolean;
}

/**
 * Feeds a process and collects all that it writes. When the time is up, the signal aborts, the output
 * is too long, or the input fails, the process is ended (SIGKILL, by {@linkcode Session.kill}: an exec's with its
 * children, a container as a whole), and only then does it reject.
 *
 * @example
 * ```ts
 * import { capture, Client } from "@dockerpty/dockerpty";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const client = new Client();
 * const options = { network: "none", remove: true, stdin: "piped" } as const;
 * const { stdout } = await capture(client.run("busybox", ["rev"], options), { input: "hello" });
 * assertEquals(new TextDecoder().decode(stdout).trim(), "olleh");
 *
 * await assertRejects(
 *   () => capture(client.run("busybox", ["sleep", "60"], options), { timeout: 100 }),
 *   DOMException,
 *   "100 ms",
 * );
 * ```
 *
 * @param opening a session, or the promise of one
 * @param options what it reads, and its limits
 * @returns how it ended, and what it wrote
 * @throws {DOMException} named `TimeoutError` when the time is up
 * @throws {OutputLimitError} if the output is too long
 * @throws {InvalidOptionError} if an option cannot be used; the session is left then
 * @throws {ConnectionError} if the connection to the engine was lost
 */
export async function capture(
  opening: Session | Promise<Session>,
  options: CaptureOptions = {},
): Promise<Captured> {
  // First, so that a session that is opened is closed again whatever is wrong with the options.
  await using session = await opening;
  checkOptions(options, session);
  using ending = endingOf(options);
  using feeding = feed(session, options.input);
  const overflow = Promise.withResolvers<never>();
  overflow.promise.catch(() => {});
  const stdout = new Collected(options, overflow.reject);
  const stderr = new Collected(options, overflow.reject);
  const finished = session.forward({ stdout, stderr }).then(() => session.status);
  finished.catch(() => {});
  try {
    const status = await Promise.race([
      finished,
      ending.reason,
      overflow.promise,
      feeding.failed,
    ]);
    const truncated = stdout.truncated || stderr.truncated;
    return { status, stdout: stdout.bytes(), stderr: stderr.bytes(), truncated };
  } catch (error) {
    await end(session, error);
    throw error;
  }
}

function checkOptions(options: CaptureOptions, { stdin }: Session): void {
  const { input, limit, overflow = "error", timeout } = options;
  checkAmount("limit", limit);
  checkAmount("timeout", timeout);
  if (overflow !== "error" && overflow !== "truncate") {
    throw new InvalidOptionError(`invalid overflow (${overflow}): expected error or truncate`);
  }
  if (input === undefined) return;
  if (stdin === null) {
    throw new InvalidOptionError(
      'there is input, and no stdin that it could go to: open the session with stdin: "piped", and ' +
        "attach to a container that has one",
    );
  }
  const usable = typeof input === "string" || input instanceof Uint8Array ||
    input instanceof ReadableStream && !input.locked;
  if (!usable) {
    throw new InvalidOptionError(
      "invalid input: expected a text, bytes, or a stream of bytes that nobody reads",
    );
  }
}

/** Rejects when the time is up or the signal aborts. */
function endingOf({ timeout, signal }: CaptureOptions): Disposable & { reason: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(signal!.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const timed = timeout !== undefined && timeout <= LONGEST_TIME;
  const timer = !timed ? undefined : setTimeout(() => {
    reject(new DOMException(`the process did not end within ${timeout} ms`, "TimeoutError"));
  }, timeout);
  return {
    reason: promise,
    [Symbol.dispose](): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}

/**
 * Writes the input; a process that ends without reading all of it is no failure, but a stream that
 * fails is. What is left of one is given up when it is disposed of.
 */
function feed(
  { stdin }: Session,
  input: CaptureOptions["input"],
): Disposable & { failed: Promise<never> } {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  if (stdin === null) return { failed: failed.promise, [Symbol.dispose]: () => {} };
  const stream = input instanceof ReadableStream
    ? input
    : new Blob(input === undefined ? [] : [input as string | Uint8Array<ArrayBuffer>]).stream();
  const over = new AbortController();
  const source = stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        if (bytes instanceof Uint8Array) return controller.enqueue(bytes);
        throw new InvalidOptionError("invalid input: the stream is not one of bytes");
      },
    }),
    { signal: over.signal },
  );
  // A failure on the way in is told; one of the process's end is not.
  const reader = source.getReader();
  const writer = stdin.getWriter();
  writer.closed.catch(() => {});
  const pour = async () => {
    for (let next; !(next = await reader.read()).done;) {
      try {
        await writer.write(next.value);
      } catch {
        return over.abort();
      }
    }
    await writer.close().catch(() => {});
  };
  pour().catch((error) => over.signal.aborted || failed.reject(error));
  return { failed: failed.promise, [Symbol.dispose]: () => over.abort() };
}

async function end(session: Session, error: unknown): Promise<void> {
  try {
    await session.kill("SIGKILL");
  } catch (cause) {
    // If it has not ended by itself, whoever asked for its end must know that it runs.
    if (error instanceof Error && !wasNotThere(cause)) error.cause ??= cause;
  }
}

/** Collects bytes up to a limit. What comes behind it is read all the same, and dropped. */
class Collected {
  #chunks: Uint8Array[] = [];
  #left: number;
  #overflow: "error" | "truncate";
  #reject: (error: Error) => void;
  truncated = false;

  constructor(
    { limit = Infinity, overflow = "error" }: CaptureOptions,
    reject: (error: Error) => void,
  ) {
    this.#left = limit;
    this.#overflow = overflow;
    this.#reject = reject;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > this.#left) {
      if (this.#overflow === "error" && !this.truncated) {
        this.#reject(
          new OutputLimitError("the process wrote more than the limit of its output"),
        );
      }
      this.truncated = true;
      bytes = bytes.subarray(0, this.#left);
    }
    this.#left -= bytes.length;
    if (bytes.length > 0) this.#chunks.push(bytes.slice());
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }
}
