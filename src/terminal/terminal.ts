/**
 * The local terminal, as far as a session needs it.
 *
 * @module
 */
import type { Sink } from "../session/session.ts";
import type { Winsize } from "../winsize.ts";

/** One of a process's three standard streams. */
export type StandardStream = "stdin" | "stdout" | "stderr";

/** What is typed, or piped in. */
export interface TerminalInput extends Disposable {
  /**
   * What came in next, or null at its end. The bytes are valid until the next read. A read that is
   * pending when the input is disposed of resolves to null, and takes nothing from whoever reads
   * next.
   */
  read(): Promise<Uint8Array | null>;
}

/**
 * The local end of a session: where keys come from and output goes to. `denoTerminal()` is the
 * process's own; anything with these methods will do.
 */
export interface Terminal {
  /** What the container writes to stdout goes here. */
  readonly stdout: Sink;
  /** What the container writes to stderr goes here. */
  readonly stderr: Sink;
  /** Whether a standard stream is a terminal. */
  isTerminal(stream: StandardStream): boolean;
  /** The terminal's size; null where there is none, or it is not known. */
  size(): Winsize | null;
  /** Puts the terminal into raw mode. Disposing of what is returned restores it, once. */
  setRaw(): Disposable;
  /**
   * Whether this process is in front, so that touching the terminal does not stop it. Left out, it
   * always is.
   */
  isInFront?(): boolean;
  /** Begins to read stdin. */
  openInput(): TerminalInput;
  /** Calls back when the terminal's size has changed, until it is disposed of. */
  onResize(callback: () => void): Disposable;
  /** Calls back for a signal in place of its default action, until it is disposed of. */
  onSignal(signal: Deno.Signal, callback: () => void): Disposable;
  /** Ends the process as the signal would have; of SIGTSTP, stops it until it is let go on. */
  dieOf(signal: Deno.Signal): void;
  /** Tells the user something that is not the container's. */
  warn(message: string): void;
  /**
   * Ends the line that output has begun on the terminal and not ended, so that what the user is told
   * begins one. Left out, it goes on there.
   */
  endLine?(): void;
  /**
   * Takes it for one session that reads from it, until it is disposed of. Left out, any number of
   * sessions may.
   *
   * @throws {TerminalInUseError} if another session has it
   */
  claim?(): Disposable;
  /**
   * Writes what `lastWords` returns to stdout, at once, and ends raw mode, when the process ends in
   * the middle: by `Deno.exit`, or of an error that nobody caught. Until it is disposed of.
   */
  onExit?(lastWords: () => Uint8Array): Disposable;
}
