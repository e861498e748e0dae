/**
 * What signals to this process do while a session is being opened.
 *
 * @module
 */
import { InterruptedError } from "../errors.ts";
import { FATAL_SIGNALS } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** After so many milliseconds it is said what is still waited for. */
const PATIENCE = 1000;

/**
 * The time in which a session is opened. A signal that would end this process gives the opening up,
 * so that what was made for it is removed first; a second one ends the process at once.
 */
export class Opening implements Disposable {
  /** Aborts when the opening is to be given up. */
  readonly signal: AbortSignal;
  #terminal: Pick<Terminal, "dieOf" | "warn">;
  #listeners = new DisposableStack();
  #interrupt = new AbortController();
  #reminder: ReturnType<typeof setTimeout> | undefined;

  /** Begins now; `given` gives the opening up, too. */
  constructor(
    terminal: Pick<Terminal, "onSignal" | "dieOf" | "warn">,
    given: AbortSignal | undefined,
  ) {
    this.#terminal = terminal;
    const { signal } = this.#interrupt;
    this.signal = given === undefined ? signal : AbortSignal.any([signal, given]);
    for (const name of FATAL_SIGNALS) {
      this.#listeners.use(terminal.onSignal(name, () => this.#take(name)));
    }
  }

  /**
   * What the opening comes to. Where a signal has ended it, whoever catches the error ends the
   * process: see {@linkcode InterruptedError}.
   */
  async of<T>(opening: Promise<T>): Promise<T> {
    try {
      const opened = await opening;
      this.#interrupt.signal.throwIfAborted();
      return opened;
    } catch (error) {
      this[Symbol.dispose]();
      // Whatever else became of it: this is why.
      this.#interrupt.signal.throwIfAborted();
      throw error;
    }
  }

  /** From now on signals are somebody else's. */
  [Symbol.dispose](): void {
    if (this.#reminder !== undefined) clearTimeout(this.#reminder);
    this.#listeners.dispose();
  }

  #take(name: Deno.Signal): void {
    if (this.#interrupt.signal.aborted) {
      this[Symbol.dispose]();
      return this.#terminal.dieOf(name);
    }
    this.#reminder = setTimeout(() => {
      this.#terminal.warn(
        `ending by ${name} once the engine has answered; another one ends it at once, and may leave ` +
          `a container behind`,
      );
    }, PATIENCE);
    this.#interrupt.abort(new InterruptedError(name));
  }
}

/** Opens what `open` opens, in an {@linkcode Opening} of its own. */
export async function interruptible<T>(
  terminal: Pick<Terminal, "onSignal" | "dieOf" | "warn">,
  open: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using opening = new Opening(terminal, undefined);
  return await opening.of(open(opening.signal));
}
