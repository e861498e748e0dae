/**
 * A process's whole output, with limits on its size and its time.
 *
 * @module
 */
import { DockerptyError, InvalidOptionError } from "../errors.ts";
import type { Session, SessionOutput } from "./session.ts";

/** A process wrote more than it was allowed to. */
export class OutputLimitError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "OutputLimitError";
}

/** Options of {@linkcode capture}. */
export interface CaptureOptions {
  /**
   * What the process reads from stdin, up to its end. The session's stdin must be piped.
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
   * Ends the process after this many milliseconds.
   *
   * @default {no time limit}
   */
  timeout?: number;
  /**
   * Ends the process when it aborts.
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
 * Feeds a process and collects all that it writes. When the time is up, the signal aborts, or the
 * output is too long, the process is ended (SIGKILL, by {@linkcode Session.kill}: an exec's with its
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
 * @throws {InvalidOptionError} if an option cannot be used
 * @throws {ConnectionError} if the connection to the engine was lost
 */
export async function capture(
  opening: Session | Promise<Session>,
  options: CaptureOptions = {},
): Promise<Captured> {
  // First, so that a session that is opened is closed again whatever is wrong with the options.
  await using session = await opening;
  checkLimits(options);
  if (options.input !== undefined && session.stdin === null) {
    throw new InvalidOptionError("there is input, and the session's stdin is not piped");
  }
  using ending = endingOf(options);
  const feeding = feed(session, options.input);
  const overflow = Promise.withResolvers<never>();
  overflow.promise.catch(() => {});
  const stdout = new Collected(options, overflow.reject);
  const stderr = new Collected(options, overflow.reject);
  const finished = session.forward({ stdout, stderr }).then(() => session.status);
  finished.catch(() => {});
  try {
    const status = await Promise.race([finished, ending.reason, overflow.promise]);
    await feeding;
    const truncated = stdout.truncated || stderr.truncated;
    return { status, stdout: stdout.bytes(), stderr: stderr.bytes(), truncated };
  } catch (error) {
    await end(session, error);
    throw error;
  }
}

function checkLimits({ limit, timeout }: CaptureOptions): void {
  for (const [name, value] of Object.entries({ limit, timeout })) {
    if (value === undefined || Number.isFinite(value) && value >= 0) continue;
    throw new InvalidOptionError(`invalid ${name} (${value}): expected a number, 0 or more`);
  }
}

/** Rejects when the time is up or the signal aborts. */
function endingOf({ timeout, signal }: CaptureOptions): Disposable & { reason: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(signal!.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const timer = timeout === undefined ? undefined : setTimeout(() => {
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

/** Writes the input; a process that ends without reading all of it is no failure. */
async function feed({ stdin }: Session, input: CaptureOptions["input"]): Promise<void> {
  if (stdin === null) return;
  const stream = input instanceof ReadableStream
    ? input
    : new Blob(input === undefined ? [] : [input as string | Uint8Array<ArrayBuffer>]).stream();
  await stream.pipeTo(stdin).catch(() => {});
}

async function end(session: Session, error: unknown): Promise<void> {
  try {
    await session.kill("SIGKILL");
  } catch (cause) {
    // It may have ended by itself. If not, whoever asked for its end must know that it runs.
    if (error instanceof Error) error.cause ??= cause;
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
