/**
 * A session over a hijacked connection.
 *
 * @module
 */
import { ConnectionLostError, InvalidOptionError } from "../errors.ts";
import type { Connection } from "../transport/connection.ts";
import type { Winsize } from "../winsize.ts";
import { checkSignal, checkSinks, checkSize } from "./check_options.ts";
import { EndWatch } from "./end_watch.ts";
import { type Leavable, LEAVE } from "./leave.ts";
import type { SessionOptions } from "./options.ts";
import { forwardOutput, type ReadPayloads } from "./output.ts";
import { type OutputStreams, outputStreams, PIPED, type Targets } from "./output_streams.ts";
import type { ExitStatus, Session, SessionOutput, Sink } from "./session.ts";
import { StallWatch } from "./stall_watch.ts";
import { wasNotThere } from "./status.ts";
import { stdinStream } from "./stdin_stream.ts";
import { TAP, type Tap, type Tapped, Taps } from "./tap.ts";

/** How long a session that is left waits for what the engine owes it, in milliseconds. */
const LEAVING_TIME = 1000;

/** What a {@linkcode HijackedSession} is made of. */
export interface SessionParts {
  /** The id of the container, or of the exec. */
  id: string;
  /** Whether the process has a terminal. */
  tty: boolean;
  /** The hijacked connection. */
  connection: Connection;
  /** Reads the connection's output. */
  read: ReadPayloads;
  /** What becomes of stdin when it is closed: `null` where it is not attached. */
  stdin: "half-close" | "stay-open" | null;
  /** Which of the output is attached; undefined means all. */
  attached?: { stdout: boolean; stderr: boolean };
  /** Where its output goes; undefined means to Web Streams. */
  targets?: Targets;
  /** Tells how the process ended. `outputEnded` resolves at the output's end. */
  exited: (outputEnded: Promise<void>) => Promise<ExitStatus>;
  /**
   * How long, in milliseconds, the engine may keep the output open and silent once the process is
   * known to have ended. Undefined where the end is known by the output's.
   */
  endTime?: number;
  /** The size that its terminal was opened with, where it was given one. */
  size?: Winsize;
  /** Tells the process the size of its terminal. */
  resize: (size: Winsize) => Promise<void>;
  /** Sends the process a signal. */
  kill: (signal: Deno.Signal) => Promise<void>;
  /** Frees what else the session holds, once. */
  release: () => void;
  /** Ends the session with an error when it aborts. */
  signal?: AbortSignal;
  /** What becomes of the process when the session is disposed of. */
  dispose?: SessionOptions["dispose"];
}

/** A session over a hijacked connection. */
export class HijackedSession implements Session, Leavable, Tapped {
  readonly id: string;
  readonly tty: boolean;
  #size: Readonly<Winsize> | null;
  #stdin: WritableStream<Uint8Array> | null | undefined;
  #parts: SessionParts;
  #read: ReadPayloads;
  #streams: OutputStreams | undefined;
  #forwarding = false;
  /** Whether {@linkcode output} has it all. */
  #collected = false;
  #outputEnded = Promise.withResolvers<void>();
  /** Whether the output has ended, and whether it is known how the process did. */
  #known = { end: false, exit: false };
  #left = Promise.withResolvers<ExitStatus>();
  #exit: Promise<ExitStatus>;
  #status: Promise<ExitStatus>;
  #closed = false;
  /** Whether the process is to be left running, whatever `dispose` says. */
  #detached = false;
  /** Whether the process is known to have ended. */
  #hasEnded = false;
  /** Whether streams end with the output, also where that was cut. */
  #endsWithOutput = false;
  #disposed: Promise<void> | undefined;
  /** Why it was closed, where that was a fault. */
  #failure: unknown;
  #endWatch: EndWatch;
  /** What begins to read by itself, and whether the streams are open for that alone. */
  #reader: ReturnType<typeof setTimeout> | undefined;
  #unasked = false;
  #resizing: Promise<void> = Promise.resolve();
  #stalls = new StallWatch();
  #taps = new Taps();

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.tty = parts.tty;
    this.#size = parts.size ? { ...parts.size } : null;
    this.#parts = parts;
    this.#read = (buffer) => this.#readToEnd(buffer);
    this.#endWatch = new EndWatch(parts.endTime ?? Infinity, () => this.#fail(lateEnd()));
    // Whoever does not ask for the status must not be told of its failure by a crash.
    this.#outputEnded.promise.catch(() => {});
    this.#left.promise.catch(() => {});
    this.#exit = parts.exited(this.#outputEnded.promise)
      .finally(() => this.#known.exit = true);
    this.#exit.then(() => this.#hasEnded = true, () => {});
    this.#status = Promise.race([this.#exit, this.#left.promise])
      .then((status) => {
        this.#taps.settle(status);
        return status;
      }, (error) => {
        this.#taps.giveUp();
        throw error;
      })
      .finally(() => {
        this.#stalls.statusKnown();
        parts.release();
      });
    this.#status.then(() => this.#endWatch.begin(), () => {});
    this.#readUnasked(parts.targets);
    this.#closeOnAbort(parts.signal);
  }

  get size(): Readonly<Winsize> | null {
    return this.#size;
  }

  get stdin(): WritableStream<Uint8Array> | null {
    // Made when it is first asked for: Deno loads its Web Streams then, which takes a while.
    const { stdin } = this.#parts;
    return this.#stdin ??= stdin === null ? null : this.#openStdin(stdin);
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { stdout } = this.#openStreams();
    if (stdout === null) throw new InvalidOptionError("the session's stdout is not piped");
    return stdout;
  }

  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#openStreams().stderr;
  }

  get status(): Promise<ExitStatus> {
    this.#stalls.statusAsked();
    // An end is seen by reading: somebody has to.
    if (!this.#forwarding) this.#openStreams();
    return this.#status;
  }

  async output(): Promise<SessionOutput> {
    this.#requireUnread();
    this.#collected = true;
    const streams = this.#openStreams();
    // Nobody else reads them from now on, before anything is waited for.
    const stdout = streams.stdout?.values();
    const stderr = streams.stderr?.values();
    const { toArrayBuffer } = await import("@std/streams/to-array-buffer");
    const [status, out, err] = await Promise.all([
      this.#status,
      stdout ? toArrayBuffer(ReadableStream.from(stdout)) : new ArrayBuffer(),
      stderr ? toArrayBuffer(ReadableStream.from(stderr)) : new ArrayBuffer(),
    ]);
    return { status, stdout: new Uint8Array(out), stderr: new Uint8Array(err) };
  }

  async forward(sinks: { stdout: Sink; stderr: Sink }): Promise<void> {
    checkSinks(sinks);
    this.#requireUnread();
    const { stdout: out, stderr: err } = this.#parts.targets ?? PIPED;
    if (this.#streams === undefined && !this.#forwarding && out === "piped" && err === "piped") {
      this.#forwarding = true;
      return await forwardOutput(this.#read, sinks);
    }
    if (this.#streams === undefined || this.#unasked) this.#endsWithOutput = true;
    const { stdout, stderr } = this.#openStreams();
    await Promise.all([
      stdout && pour(stdout, sinks.stdout),
      stderr && pour(stderr, sinks.stderr),
    ]);
  }

  async resize(asked: Winsize): Promise<void> {
    checkSize(asked);
    const size = { rows: asked.rows, columns: asked.columns };
    // One after another, so that the last one stays.
    const before = this.#resizing;
    const resizing = (async () => {
      await before;
      await this.#parts.resize(size);
      this.#size = size;
    })();
    this.#resizing = resizing.catch(() => {});
    await resizing;
  }

  async kill(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    checkSignal(signal);
    await this.#parts.kill(signal);
  }

  detach(): void {
    this.#detached = true;
    this[LEAVE]();
  }

  [TAP](tap: Tap): (error: unknown) => void {
    this.#taps.add(tap);
    return (error) => this.#fail(error);
  }

  [LEAVE](): void {
    this.#left.resolve({ reason: "detached" });
    this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kills = this.#parts.dispose === "kill" && !this.#detached && !this.#hasEnded;
    this.#disposed ??= kills ? this.#leaveAndKill() : this.#leave();
    await this.#disposed;
  }

  async #leaveAndKill(): Promise<void> {
    // First: an engine may take no signal while the output is full and unread.
    await this.#leave();
    try {
      await this.#parts.kill("SIGKILL");
    } catch (error) {
      if (!wasNotThere(error)) throw error;
    }
  }

  async #leave(): Promise<void> {
    this[LEAVE]();
    await this.#status.catch(() => {});
    if (!this.#known.end || this.#known.exit) return;
    // The engine may have been asked how the process ended: its answer must not come behind this.
    const enough = Promise.withResolvers<void>();
    const timer = setTimeout(enough.resolve, LEAVING_TIME);
    await Promise.race([this.#exit, enough.promise]).catch(() => {});
    clearTimeout(timer);
  }

  async #readToEnd(buffer: Uint8Array): ReturnType<ReadPayloads> {
    try {
      const payloads = await this.#endWatch.read(this.#parts.read(buffer));
      this.#taps.tell(payloads, this.#parts.targets);
      if (payloads === null) this.#end();
      return payloads;
    } catch (error) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#parts.signal?.aborted) throw this.#parts.signal.reason;
      // Whoever left the session closed the connection under the read.
      if (this.#closed) return null;
      this.#fail(error);
      throw error;
    }
  }

  /** The same, for streams: the end of a connection that was cut is none of theirs. */
  async #readWhole(buffer: Uint8Array): ReturnType<ReadPayloads> {
    const payloads = await this.#read(buffer);
    if (payloads === null && !this.#endsWithOutput) await this.#status;
    return payloads;
  }

  #requireUnread(): void {
    const { stdout, stderr } = this.#streams ?? {};
    if (!this.#forwarding && !this.#collected && !stdout?.locked && !stderr?.locked) return;
    throw new InvalidOptionError("the session's output is read by somebody else already");
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#outputEnded.reject(error);
    this.#close();
  }

  #end(): void {
    this.#known.end = true;
    this.#outputEnded.resolve();
    this.#close();
  }

  /** What goes elsewhere does so whether anybody asks for the rest or not. */
  #readUnasked({ stdout, stderr }: Targets = PIPED): void {
    if (stdout === "piped" && (this.tty || stderr === "piped")) return;
    // Not at once: a session that has just been opened may be recorded first.
    this.#reader = setTimeout(() => {
      if (this.#streams !== undefined) return;
      this.#openStreams();
      this.#unasked = true;
    }, 0);
  }

  #openStreams(): OutputStreams {
    if (this.#forwarding) this.#requireUnread();
    this.#unasked = false;
    return this.#streams ??= outputStreams(
      (buffer) => this.#readWhole(buffer),
      this.tty,
      this.#parts.targets,
      (error) => this.#fail(error),
      this.#stalls,
    );
  }

  #openStdin(closing: "half-close" | "stay-open"): WritableStream<Uint8Array> {
    return stdinStream({
      connection: this.#parts.connection,
      closing,
      isOver: () => this.#closed,
      isRead: () => this.#forwarding || this.#streams !== undefined,
      read: () => this.#openStreams(),
      waits: () => this.#stalls.inputWaits(),
    });
  }

  #closeOnAbort(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const abort = () => {
      this.#left.reject(signal.reason);
      this.#close();
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const settled = () => signal.removeEventListener("abort", abort);
    this.#status.then(settled, settled);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch.end();
    if (this.#reader !== undefined) clearTimeout(this.#reader);
    this.#stalls.end();
    this.#parts.connection.close();
    this.#streams?.left();
    this.#taps.close();
  }
}

async function pour(stream: ReadableStream<Uint8Array>, sink: Sink): Promise<void> {
  for await (const bytes of stream) await sink.write(bytes);
}

function lateEnd(): ConnectionLostError {
  return new ConnectionLostError(
    "the process has ended, and the engine does not end its output: some may be lost",
  );
}
