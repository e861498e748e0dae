/**
 * Recording sessions.
 *
 * @module
 */
import { castSize } from "../stream/asciicast.ts";
import type { Winsize } from "../winsize.ts";
import { Recorder } from "./recorder.ts";
import type { ExitStatus, Session, SessionOutput, Sink } from "./session.ts";

/** Options of {@linkcode record}. */
export interface RecordOptions {
  /**
   * The terminal's size at the start.
   *
   * @default {80 columns and 24 rows}
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
 * Records a session while it goes on, in the format asciicast v2, which asciinema(1) plays. Each
 * piece of output is in the file before it is passed on, so that a recording that is broken off can
 * be played. The file can be read by its owner alone.
 *
 * Needs `--allow-write` for the file.
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
 * @throws {DockerptyError} if the file cannot be written, or is there already
 */
export function record(session: Session, path: string, options: RecordOptions = {}): Session {
  return new Recording(path, options).of(session);
}

/** A recording that has begun; sessions are recorded into it one after another. */
export class Recording {
  #recorder: Recorder;
  #input: boolean;

  /** Creates the file, so that what is wrong with it is known before a session is opened. */
  constructor(path: string, options: RecordOptions) {
    this.#recorder = new Recorder(path, options);
    this.#input = options.input ?? false;
  }

  /** Records a session. */
  of(session: Session): Session {
    return new RecordedSession(session, this.#recorder, this.#input);
  }

  /** Ends the recording. */
  [Symbol.dispose](): void {
    this.#recorder.close();
  }
}

/** A session whose streams are written down as they pass. */
class RecordedSession implements Session {
  readonly id: string;
  readonly tty: boolean;
  readonly stdin: WritableStream<Uint8Array> | null;
  #session: Session;
  #recorder: Recorder;
  #status: Promise<ExitStatus> | undefined;
  #streams = new Map<ReadableStream, ReadableStream<Uint8Array<ArrayBuffer>>>();

  constructor(session: Session, recorder: Recorder, input: boolean) {
    this.id = session.id;
    this.tty = session.tty;
    this.#session = session;
    this.#recorder = recorder;
    this.stdin = session.stdin && input ? this.#tapInput(session.stdin) : session.stdin;
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#tapOutput(this.#session.stdout);
  }

  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const { stderr } = this.#session;
    return stderr === null ? null : this.#tapOutput(stderr);
  }

  get status(): Promise<ExitStatus> {
    return this.#status ??= this.#session.status.then((status) => {
      this.#recorder.event("m", status.reason === "exited" ? `exited ${status.code}` : "detached");
      this.#recorder.close();
      return status;
    });
  }

  async output(): Promise<SessionOutput> {
    const chunks: Record<"stdout" | "stderr", BlobPart[]> = { stdout: [], stderr: [] };
    const collect = (stream: "stdout" | "stderr"): Sink => ({
      write: (bytes) => void chunks[stream].push(bytes.slice()),
    });
    await this.forward({ stdout: collect("stdout"), stderr: collect("stderr") });
    const whole = async (parts: BlobPart[]) => new Uint8Array(await new Blob(parts).arrayBuffer());
    return {
      status: await this.status,
      stdout: await whole(chunks.stdout),
      stderr: await whole(chunks.stderr),
    };
  }

  async forward(sinks: { stdout: Sink; stderr: Sink }): Promise<void> {
    const tap = (sink: Sink): Sink => ({
      write: (bytes) => {
        this.#recordOutput(bytes);
        return sink.write(bytes);
      },
    });
    await this.#session.forward({ stdout: tap(sinks.stdout), stderr: tap(sinks.stderr) });
  }

  async resize(size: Winsize): Promise<void> {
    this.#recorder.event("r", castSize(size));
    await this.#session.resize(size);
  }

  async kill(signal?: Deno.Signal): Promise<void> {
    await this.#session.kill(signal);
  }

  detach(): void {
    this.#session.detach();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  #recordOutput(bytes: Uint8Array): void {
    // Without a tty nothing has put carriage returns before the line feeds; a player needs them.
    this.#recorder.bytes("o", this.tty ? bytes : withCarriageReturns(bytes));
  }

  #tapOutput(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let tapped = this.#streams.get(stream);
    if (tapped === undefined) {
      tapped = stream.pipeThrough(
        new TransformStream({
          transform: (bytes, controller) => {
            this.#recordOutput(bytes);
            controller.enqueue(bytes);
          },
        }),
      );
      this.#streams.set(stream, tapped);
    }
    return tapped;
  }

  #tapInput(stdin: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        this.#recorder.bytes("i", bytes);
        controller.enqueue(bytes.slice());
      },
    });
    readable.pipeTo(stdin).catch(() => {});
    return writable;
  }
}

function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  const LF = 0x0a, CR = 0x0d;
  const out: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    if (byte === LF && bytes[index - 1] !== CR) out.push(CR);
    out.push(byte);
  }
  return new Uint8Array(out);
}
