/**
 * A process's whole output, with limits on its size and its time.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import { DockerptyError, InvalidOptionError } from "../errors.ts";
import { checkCapture, checkSession, LONGEST_TIME } from "./check_options.ts";
import { Input } from "./capture_input.ts";
import type { Session, SessionOutput } from "./session.ts";
import { wasNotThere } from "./status.ts";

/** What a process had written when {@linkcode capture} ended it. */
export type Written = Pick<SessionOutput, "stdout" | "stderr">;

const NOTHING: Written = { stdout: new Uint8Array(), stderr: new Uint8Array() };

/** A process wrote more than it was allowed to. */
export class OutputLimitError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "OutputLimitError";
  /** What it had written, up to the limit. */
  written: Written = NOTHING;
}

/** A process took longer than it was allowed to. Its name is `TimeoutError`, as everywhere in Deno. */
export class CaptureTimeoutError extends DOMException {
  /** What it had written by then. */
  written: Written = NOTHING;

  /** Makes one of that message. */
  constructor(message: string) {
    super(message, "TimeoutError");
  }
}

/** Options of {@linkcode capture}. */
export interface CaptureOptions {
  /**
   * What the process reads from stdin, up to its end. The session's stdin must be piped. With a tty
   * there is no end but the key ctrl-d: end the input with `\x04`, or a program that reads on waits.
   * A stream is taken at once, and cancelled whatever ends first: the process, the time, the output's
   * limit, also an opening that fails or another option that cannot be used. It is unlocked then.
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
   * Ends the process when it aborts, from when the session is open. Where the opening is to be given up,
   * too (an image that is pulled, a turn under `maxSessions`), it takes the same signal. To an open session
   * that alone would leave the process running; with `capture`, it ends that as well.
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
 * is too long, the input fails, or the connection does, the process is ended (SIGKILL, by {@linkcode Session.kill}:
 * an exec's with its children, a container as a whole), and only then does it reject: within a second
 * where the engine and the container's shell are well, and within the engine's `timeout` where they are
 * not; a session with `reconnect` whose connection is lost just then is come back to first, which may take
 * two minutes. Where it could not be ended, as an exec whose processes are not found, it may run on: the error's
 * `cause` is why. What a process that has ended by itself has left behind runs on.
 *
 * @example
 * ```ts
 * import { capture, CaptureTimeoutError, Client } from "@dockerpty/dockerpty";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const client = new Client();
 * const options = { network: "none", remove: true, stdin: "piped" } as const;
 * const { stdout } = await capture(client.run("busybox", ["rev"], options), { input: "hello" });
 * assertEquals(new TextDecoder().decode(stdout).trim(), "olleh");
 *
 * const slow = client.run("busybox", ["sh", "-c", "echo begun; sleep 60"], options);
 * const error = await assertRejects(() => capture(slow, { timeout: 2000 }), CaptureTimeoutError, "2000 ms");
 * assertEquals(new TextDecoder().decode(error.written.stdout), "begun\n");
 * ```
 *
 * @param opening a session, or the promise of one
 * @param options what it reads, and its limits
 * @returns how it ended, and what it wrote
 * @throws {CaptureTimeoutError} when the time is up; it has what was written by then
 * @throws {OutputLimitError} if the output is too long; it has what was written up to the limit
 * @throws {InvalidOptionError} if an option cannot be used; the session is left then, and the process
 * runs on. Also if somebody else reads the session's output or writes to its stdin: then nothing at
 * all is done to it
 * @throws {ConnectionError} if the connection to the engine was lost
 */
export async function capture(
  opening: Session | Promise<Session>,
  options: CaptureOptions = {},
): Promise<Captured> {
  // First, so that it is cancelled also where there comes to be no session.
  using input = new Input(options?.input);
  const session = await opening;
  checkSession(session);
  checkUnwritten(session);
  // One that is opened is closed again whatever is wrong with the options.
  await using leaving = new AsyncDisposableStack();
  leaving.use(session);
  checkCapture(options);
  input.check(session);
  using ending = endingOf(options);
  const overflow = Promise.withResolvers<never>();
  overflow.promise.catch(() => {});
  const stdout = new Collected("stdout", options, overflow.reject);
  const stderr = new Collected("stderr", options, overflow.reject);
  const forwarding = session.forward({ stdout, stderr });
  const finished = forwarding.then(() => session.status);
  finished.catch(() => {});
  if (await isRefused(forwarding)) {
    leaving.move();
    await forwarding;
  }
  try {
    const status = await Promise.race([
      finished,
      ending.reason,
      overflow.promise,
      input.pour(session),
    ]);
    const truncated = stdout.truncated || stderr.truncated;
    return { status, stdout: stdout.bytes(), stderr: stderr.bytes(), truncated };
  } catch (error) {
    input[Symbol.dispose]();
    await end(session, error);
    // Where it could not be ended, it is not tried a second time: this error says so.
    session.detach();
    if (error instanceof CaptureTimeoutError || error instanceof OutputLimitError) {
      error.written = { stdout: stdout.bytes(), stderr: stderr.bytes() };
    }
    throw error;
  }
}

function checkUnwritten({ stdin }: Session): void {
  if (!stdin?.locked) return;
  throw new InvalidOptionError("the session's stdin is written to by somebody else already");
}

/** Whether a session gives no output, as somebody else reads it: it says so at once. */
async function isRefused(forwarding: Promise<void>): Promise<boolean> {
  let refused = false;
  forwarding.catch((error) => refused = error instanceof InvalidOptionError);
  // Nothing is written to the process, and it is not ended, before that could be said.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return refused;
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
    reject(new CaptureTimeoutError(`the process did not end within ${timeout} ms`));
  }, timeout);
  return {
    reason: promise,
    [Symbol.dispose](): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}

async function end(session: Session, error: unknown): Promise<void> {
  try {
    await session.kill("SIGKILL");
  } catch (cause) {
    // If it has not ended by itself, whoever asked for its end must know that it runs.
    if (error instanceof Error && cause !== error && !wasNotThere(cause)) error.cause ??= cause;
  }
}

/** Collects bytes up to a limit. What comes behind it is read all the same, and dropped. */
class Collected {
  #chunks: Uint8Array[] = [];
  #left: number;
  #overflow: "error" | "truncate";
  #reject: (error: Error) => void;
  #what: string;
  truncated = false;

  constructor(
    stream: "stdout" | "stderr",
    { limit = Infinity, overflow = "error" }: CaptureOptions,
    reject: (error: Error) => void,
  ) {
    this.#what = `more than ${limit} bytes to ${stream}`;
    this.#left = limit;
    this.#overflow = overflow;
    this.#reject = reject;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > this.#left) {
      if (this.#overflow === "error" && !this.truncated) {
        this.#reject(
          new OutputLimitError(`the process wrote ${this.#what}, which is the limit of its output`),
        );
      }
      this.truncated = true;
      bytes = bytes.subarray(0, this.#left);
    }
    this.#left -= bytes.length;
    if (bytes.length > 0) this.#chunks.push(bytes.slice());
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return concat(this.#chunks);
  }
}
