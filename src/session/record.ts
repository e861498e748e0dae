/**
 * Recording sessions.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";
import { castSize } from "../stream/asciicast.ts";
import type { Winsize } from "../winsize.ts";
import { checkBytes, checkRecording, checkSession, checkSize } from "./check_options.ts";
import { type Leavable, LEAVE, leave } from "./leave.ts";
import { Recorder } from "./recorder.ts";
import type { ExitStatus, Session, SessionOutput, Sink } from "./session.ts";
import { requireTapped, TAP, type Tap, type Tapped } from "./tap.ts";

/** Options of {@linkcode record}. */
export interface RecordOptions {
  /**
   * The terminal's size at the start.
   *
   * @default {the session's, or 80 columns and 24 rows}
   */
  size?: Winsize;
  /**
   * Whether what is typed is recorded too. It may hold passwords.
   *
   * @default {false}
   */
  input?: boolean;
  /**
   * Whether a file that is there is replaced.
   *
   * @default {false}
   */
  force?: boolean;
  /**
   * The command, as a person would write it, for the recording's header.
   *
   * @default {undefined}
   */
  command?: string;
  /**
   * Tells the time, in milliseconds.
   *
   * @default {the system's clock}
   */
  now?: () => number;
}

/**
 * Records a session while it goes on, in the format asciicast v2, which asciinema(1) plays. A
 * piece of output is in the file before it is passed on, or 10 ms later where it follows another one
 * closely; always whole, so that a recording that is broken off can be played. The file can be read
 * by its owner alone.
 *
 * All output is recorded that is read from the engine, also where it goes to this process's own
 * (`stdout: "inherit"`). Needs `--allow-write` for the file. It is closed when the output has been read
 * to its end and the session's status is known, or the session is left by {@linkcode Session.detach} or
 * its block's end.
 *
 * @example
 * ```ts
 * import { Client, record } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".cast" });
 * const options = { tty: true, network: "none", remove: true };
 * const session = record(await new Client().run("busybox", ["echo", "hi"], options), file, {
 *   force: true,
 * });
 * await session.output();
 * const [header, first] = (await Deno.readTextFile(file)).split("\n");
 * assertEquals(JSON.parse(header).version, 2);
 * assertEquals(JSON.parse(first).slice(1), ["o", "hi\r\n"]);
 * await Deno.remove(file);
 * ```
 *
 * @param session the session; it must be used through what is returned
 * @param path the file to write
 * @param options what is recorded
 * @returns the same session, recorded
 * @throws {InvalidOptionError} if the path or an option cannot be used, input is to be recorded that
 * somebody else writes, or the session is not one that this library has opened; no file is made or
 * opened then
 * @throws {DockerptyError} if the file cannot be written, or is there already: its `cause` is what
 * Deno says of the file, and `Deno.errors.AlreadyExists` where it is there. Where it cannot be
 * written any more later on, as on a disk that is full, the session fails with it: its streams and its
 * status
 */
export function record(session: Session, path: string, options: RecordOptions = {}): Session {
  checkSession(session);
  requireTapped(session);
  if (options?.input && session.stdin?.locked) throw isInUse("stdin is written to");
  const recording = new Recording(path, options);
  try {
    return recording.of(session, () => recording[Symbol.dispose]());
  } catch (error) {
    recording[Symbol.dispose]();
    throw error;
  }
}

/** A recording; sessions are recorded into it one after another, and it begins with the first. */
export class Recording {
  #recorder: Recorder;
  #input: boolean;

  /** Opens the file, so that what is wrong with it is known before a session is opened. */
  constructor(path: string, options: RecordOptions) {
    checkRecording(path, options);
    this.#recorder = new Recorder(path, options);
    this.#input = options.input ?? false;
  }

  /** Records a session; `ended` is called at its end. */
  of(session: Session, ended?: () => void): Session {
    const tapped = requireTapped(session);
    this.#recorder.begin(session.size);
    return new RecordedSession(tapped, this.#recorder, this.#input, ended);
  }

  /** Ends the recording. */
  [Symbol.dispose](): void {
    this.#recorder.close();
  }
}

/** A session whose streams are written down as they pass. */
class RecordedSession implements Session, Leavable, Tapped {
  readonly id: string;
  readonly tty: boolean;
  readonly stdin: WritableStream<Uint8Array> | null;
  #session: Session & Tapped;
  #recorder: Recorder;
  #fail: (error: unknown) => void;

  constructor(session: Session & Tapped, recorder: Recorder, input: boolean, ended?: () => void) {
    this.id = session.id;
    this.tty = session.tty;
    this.#session = session;
    this.#recorder = recorder;
    this.stdin = input && session.stdin !== null ? this.#tapInput(session.stdin) : session.stdin;
    this.#fail = session[TAP]({
      output: ({ stream, bytes }) => recorder.bytes(stream, bytes, !this.tty),
      outputEnded: () => recorder.flush(),
      ended: (status) => {
        try {
          if (status !== null) {
            recorder.event("m", status.reason === "exited" ? `exited ${status.code}` : "detached");
          }
          recorder.flush();
        } finally {
          ended?.();
        }
      },
    });
    recorder.onFailure = this.#fail;
  }

  get size(): Readonly<Winsize> | null {
    return this.#session.size;
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#session.stdout;
  }

  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#session.stderr;
  }

  get status(): Promise<ExitStatus> {
    return this.#session.status;
  }

  output(): Promise<SessionOutput> {
    return this.#session.output();
  }

  forward(sinks: { stdout: Sink; stderr: Sink }): Promise<void> {
    return this.#session.forward(sinks);
  }

  async resize(size: Winsize): Promise<void> {
    checkSize(size);
    const told = castSize(size);
    await this.#session.resize(size);
    // What was refused has not been, and a player would show it.
    if (this.tty) this.#record(() => this.#recorder.event("r", told));
  }

  async kill(signal?: Deno.Signal): Promise<void> {
    await this.#session.kill(signal);
  }

  detach(): void {
    this.#session.detach();
  }

  [LEAVE](): void {
    leave(this.#session);
  }

  [TAP](tap: Tap): (error: unknown) => void {
    return this.#session[TAP](tap);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  /** Records what is no output: that it cannot be is the session's failure, and not the caller's. */
  #record(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What is not taken fails as it does without, and what was not sent is not recorded. */
  #tapInput(stdin: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
    const writer = stdin.getWriter();
    return new WritableStream<Uint8Array>({
      start: (controller) => {
        // A session that ends is told to who waits, and not by the next write.
        writer.closed.catch((error) => controller.error(error));
      },
      write: async (bytes) => {
        checkBytes(bytes);
        const written = bytes.slice();
        await writer.write(bytes);
        this.#record(() => this.#recorder.bytes("stdin", written));
      },
      close: () => writer.close(),
      abort: (reason) => writer.abort(reason),
    });
  }
}

function isInUse(how: string): InvalidOptionError {
  return new InvalidOptionError(`the session's ${how} by somebody else already`);
}
