/**
 * The local terminal while a session has it.
 *
 * @module
 */
import { messageOf, OutputError } from "../errors.ts";
import type { Sink } from "../session/session.ts";
import type { Timers } from "../stream/timers.ts";
import type { TerminalModes } from "../stream/terminal_modes.ts";
import { atMost } from "./at_most.ts";
import type { Terminal } from "./terminal.ts";

/** How long a terminal that takes no output is waited for before it is given back, in milliseconds. */
const STALLED_TIME = 1000;

/** What a {@linkcode Hold} is made of. */
export interface HoldParts {
  /** The terminal. */
  terminal: Pick<Terminal, "setRaw" | "stdout" | "stderr">;
  /** Whether it is put into raw mode. */
  raw: boolean;
  /** Knows what the program switches on in it; null where output is not shown there. */
  modes: TerminalModes | null;
  /** The clock that is waited by. */
  timers: Timers;
}

/**
 * Holds a terminal for a session: raw, and in the modes that the program has set. It can be given
 * back in the middle and taken again, as when the process is stopped by job control.
 */
export class Hold {
  #parts: HoldParts;
  #rawModes = new DisposableStack();
  /** What is written now. */
  #writing: Promise<void> | void = undefined;
  /** Output waits for this. */
  #gate: PromiseWithResolvers<void> | null = null;
  #hungUp = false;
  #givingBack: Promise<void> | null = Promise.resolve();

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  /** Whether it is held raw. */
  get raw(): boolean {
    return this.#parts.raw;
  }

  /** Where the session's stdout goes; with a tty, all output. */
  readonly stdout: Sink = {
    write: (bytes) => this.#gate === null ? this.#write(bytes) : this.#writeLater(bytes),
  };

  /** Where the session's stderr goes, which no screen is made of. */
  readonly stderr: Sink = {
    write: (bytes) => this.#writing = this.#parts.terminal.stderr.write(bytes),
  };

  /** Takes the terminal, with the modes that the program had set when it was given back. */
  take(): void {
    const { terminal, raw, modes } = this.#parts;
    // Also where it is held still: after a SIGSTOP a shell may have changed it.
    if (raw) this.#rawModes.use(terminal.setRaw());
    this.#givingBack = null;
    const redo = modes?.redo();
    const done = () => {
      this.#gate?.resolve();
      this.#gate = null;
    };
    if (!redo) return done();
    this.#gate ??= Promise.withResolvers();
    this.#writing = this.#tell(redo);
    this.#writing.then(done);
  }

  /** Gives the terminal back as it was found. From now on output waits. */
  giveBack(): Promise<void> {
    return this.#givingBack ??= this.#giveBack();
  }

  /**
   * What the session's failure comes to, if it is that what was written last was not taken here; null
   * if it is another.
   */
  async failure(): Promise<Error | null> {
    try {
      await this.#writing;
      return null;
    } catch (error) {
      // Whoever read it has left, of which a pipeline makes no more than an end.
      if (error instanceof Deno.errors.BrokenPipe) return error;
      const reason = messageOf(error).replace(/ \(os error \d+\)$/, "");
      return new OutputError(`cannot write the output: ${reason}`, { cause: error });
    }
  }

  /** Drops all output from now on: there is nobody to see it. */
  hangUp(): void {
    this.#hungUp = true;
  }

  /** What is still to be written when the process ends in the middle. */
  lastWords(): Uint8Array {
    // While it is given back there is nothing to take back.
    const undo = this.#givingBack === null ? this.#parts.modes?.undo() : undefined;
    return new TextEncoder().encode(undo ?? "");
  }

  async #giveBack(): Promise<void> {
    const { modes, timers } = this.#parts;
    this.#gate ??= Promise.withResolvers();
    const written = Promise.resolve(this.#writing).catch(() => {});
    await atMost(STALLED_TIME, written, timers);
    const undo = modes?.undo();
    if (undo && !this.#hungUp) await atMost(STALLED_TIME, this.#tell(undo), timers);
    const rawModes = this.#rawModes;
    this.#rawModes = new DisposableStack();
    rawModes.dispose();
  }

  #write(bytes: Uint8Array): Promise<void> | void {
    if (this.#hungUp) return;
    const { modes, terminal } = this.#parts;
    modes?.feed(bytes);
    return this.#writing = terminal.stdout.write(bytes);
  }

  async #writeLater(bytes: Uint8Array): Promise<void> {
    while (this.#gate !== null) await this.#gate.promise;
    await this.#write(bytes);
  }

  async #tell(sequence: string): Promise<void> {
    try {
      await this.#parts.terminal.stdout.write(new TextEncoder().encode(sequence));
    } catch {
      // Nothing can be shown there any more.
    }
  }
}
