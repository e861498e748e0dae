import type { ExitStatus, Session, SessionOutput, Sink } from "../../src/session/session.ts";
import { TAP, type Tap, type Tapped } from "../../src/session/tap.ts";
import type { Winsize } from "../../src/winsize.ts";
import { bytes, text } from "./bytes.ts";

/** A session in memory: the tests play its process, and look at what was sent to it. */
export class FakeSession implements Session, Tapped {
  readonly id = "fake";
  readonly tty: boolean;
  readonly stdin: WritableStream<Uint8Array> | null;
  /** What was written to stdin, a text for each write. */
  readonly sent: string[] = [];
  /** Whether stdin was closed. */
  stdinClosed = false;
  /** Whether the session was detached from. */
  detached = false;
  /** The sizes it was told. */
  readonly sizes: Winsize[] = [];
  /** The signals it was sent. */
  readonly signals: Deno.Signal[] = [];
  /** What a resize, or a kill fails with. */
  resizeFailure: Error | null = null;
  killFailure: Error | null = null;
  /** Who watches the output. */
  #taps: Tap[] = [];
  #sinks = Promise.withResolvers<{ stdout: Sink; stderr: Sink }>();
  #output = Promise.withResolvers<void>();
  #status = Promise.withResolvers<ExitStatus>();

  constructor({ tty = true, stdin = true } = {}) {
    this.tty = tty;
    this.stdin = !stdin ? null : new WritableStream({
      write: (content): void => {
        if (this.detached) throw new Error("the session has ended");
        this.sent.push(text(content));
      },
      close: (): void => {
        this.stdinClosed = true;
      },
    });
    this.#status.promise.catch(() => {});
    this.#output.promise.catch(() => {});
  }

  get size(): Readonly<Winsize> | null {
    return this.sizes.at(-1) ?? null;
  }

  get status(): Promise<ExitStatus> {
    return this.#status.promise;
  }

  async forward(sinks: { stdout: Sink; stderr: Sink }): Promise<void> {
    this.#sinks.resolve(sinks);
    await this.#output.promise;
  }

  // deno-lint-ignore require-await
  async resize(size: Winsize): Promise<void> {
    this.sizes.push(size);
    if (this.resizeFailure !== null) throw this.resizeFailure;
  }

  // deno-lint-ignore require-await
  async kill(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    this.signals.push(signal);
    if (this.killFailure !== null) throw this.killFailure;
  }

  [TAP](tap: Tap): (error: unknown) => void {
    this.#taps.push(tap);
    return (error) => this.fail(error);
  }

  detach(): void {
    this.detached = true;
    this.#output.resolve();
    this.#end({ reason: "detached" });
  }

  #end(status: ExitStatus): void {
    for (const tap of this.#taps.splice(0)) tap.ended(status);
    this.#status.resolve(status);
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    this.detach();
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    throw new Error("not faked: stdout");
  }

  get stderr(): null {
    throw new Error("not faked: stderr");
  }

  output(): Promise<SessionOutput> {
    throw new Error("not faked: output");
  }

  /** Writes to stdout or stderr, as the process. */
  async write(content: string, stream: "stdout" | "stderr" = "stdout"): Promise<void> {
    const sinks = await this.#sinks.promise;
    for (const tap of this.#taps) tap.output({ stream, bytes: bytes(content) });
    await sinks[stream].write(bytes(content));
  }

  /** Ends the output, as the process; {@link exit} has to follow. */
  endOutput(): void {
    this.#output.resolve();
  }

  /** Ends the process and its output. */
  exit(code: number): void {
    this.endOutput();
    this.#end({ reason: "exited", code });
  }

  /** Ends what forwards the output, as an error of a sink does. */
  failOutput(error: unknown): void {
    this.#output.reject(error);
  }

  /** Breaks the session. */
  fail(error: unknown): void {
    this.#output.reject(error);
    this.#status.reject(error);
  }
}
