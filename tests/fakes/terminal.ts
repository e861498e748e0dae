import type { StandardStream, Terminal, TerminalInput } from "../../src/terminal/terminal.ts";
import type { Winsize } from "../../src/winsize.ts";
import { bytes, text } from "./bytes.ts";

/** A terminal in memory: the tests type at it, resize it, send it signals, and look at it. */
export class FakeTerminal implements Terminal {
  /** What happened to it, in its order: `raw`, `restored`, `input`, `input closed`, `die SIG…`. */
  readonly events: string[] = [];
  /** What was written on stdout, and on stderr. */
  readonly written = { stdout: "", stderr: "" };
  /** What the user was told. */
  readonly warnings: string[] = [];
  /** Its size now. */
  winsize: Winsize | null = { rows: 24, columns: 80 };
  /** Whether this process is in front. */
  inFront = true;
  /** What was typed and not read. */
  readonly typed: Uint8Array[] = [];
  #terminals: ReadonlySet<StandardStream>;
  #inputEnded = false;
  #wake: (() => void) | null = null;
  #signalListeners = new Map<Deno.Signal, Set<() => void>>();
  #resizeListeners = new Set<() => void>();

  /** Makes one whose `terminals` are terminals, and whose other streams are not. */
  constructor(terminals: readonly StandardStream[] = ["stdin", "stdout", "stderr"]) {
    this.#terminals = new Set(terminals);
  }

  readonly stdout = { write: (output: Uint8Array) => this.#write("stdout", output) };
  readonly stderr = { write: (output: Uint8Array) => this.#write("stderr", output) };

  isTerminal(stream: StandardStream): boolean {
    return this.#terminals.has(stream);
  }

  size(): Winsize | null {
    return this.winsize;
  }

  isInFront(): boolean {
    return this.inFront;
  }

  setRaw(): Disposable {
    this.events.push("raw");
    return { [Symbol.dispose]: () => void this.events.push("restored") };
  }

  openInput(): TerminalInput {
    this.events.push("input");
    let disposed = false;
    return {
      read: async () => {
        while (!disposed && this.typed.length === 0 && !this.#inputEnded) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        return disposed ? null : this.typed.shift() ?? null;
      },
      [Symbol.dispose]: () => {
        disposed = true;
        this.events.push("input closed");
        this.#wake?.();
      },
    };
  }

  onResize(callback: () => void): Disposable {
    this.#resizeListeners.add(callback);
    return { [Symbol.dispose]: () => void this.#resizeListeners.delete(callback) };
  }

  onSignal(signal: Deno.Signal, callback: () => void): Disposable {
    const listeners = this.#signalListeners.get(signal) ?? new Set();
    this.#signalListeners.set(signal, listeners.add(callback));
    return { [Symbol.dispose]: () => void listeners.delete(callback) };
  }

  dieOf(signal: Deno.Signal): void {
    this.events.push(`die ${signal}`);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  /** The signals that somebody listens for. */
  get signals(): Deno.Signal[] {
    return [...this.#signalListeners].flatMap(([signal, { size }]) => size > 0 ? [signal] : []);
  }

  /** How many listen for resizes. */
  get resizeListeners(): number {
    return this.#resizeListeners.size;
  }

  /** Types, or pipes in. */
  type(content: string | readonly number[]): void {
    this.typed.push(bytes(content));
    this.#wake?.();
  }

  /** Ends what is typed or piped in. */
  endInput(): void {
    this.#inputEnded = true;
    this.#wake?.();
  }

  /** Changes its size. */
  resize(rows: number, columns: number): void {
    this.winsize = { rows, columns };
    for (const listener of this.#resizeListeners) listener();
  }

  /** Sends a signal to whoever listens for it; tells whether anybody did. */
  signal(signal: Deno.Signal): boolean {
    const listeners = [...this.#signalListeners.get(signal) ?? []];
    for (const listener of listeners) listener();
    return listeners.length > 0;
  }

  #write(stream: "stdout" | "stderr", output: Uint8Array): void {
    this.written[stream] += text(output);
  }
}
