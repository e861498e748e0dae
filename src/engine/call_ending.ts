/**
 * What ends a call of the engine's API before its answer has come.
 *
 * @module
 */

/** What may end a call early. */
export interface CallLimits {
  /** Gives the call up: its connection is closed, and it rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * For what the engine's time is limited: its answer, the beginning of it, or nothing, where the
   * call may have much to do.
   *
   * @default {"answer"}
   */
  limited?: "answer" | "beginning" | "no";
  /**
   * Whether the engine does what it was asked to whatever becomes of the connection, so that its
   * answer is needed to undo that: once any of it is sent, it is not given up before the engine has
   * had its time to answer. Never sent twice.
   *
   * @default {false}
   */
  lasting?: boolean;
}

/** The longest time that a timer takes, in milliseconds: nearly 25 days. */
const MAX_TIMER = 2 ** 31 - 1;

/** From here on a timer is taken back once it is not needed: it would be kept until then. */
const LONG = 10 * 60_000;

/** The end of a call: when its signal aborts, or the engine's time is over. */
export class CallEnding implements Disposable {
  #ending = new AbortController();
  #call: CallLimits;
  #timeout: number;
  #unlimit = (): void => {};
  #sending = false;

  /** Begins now. `late` makes the error for an engine that takes longer than `timeout`. */
  constructor(call: CallLimits, timeout: number, late: () => Error) {
    this.#call = call;
    this.#timeout = timeout;
    const { signal } = call;
    if (signal?.aborted) {
      this.#ending.abort(signal.reason);
    } else {
      signal?.addEventListener("abort", this.#abort, { once: true });
      if (call.limited !== "no") this.#limit(late);
    }
  }

  /** Aborts when the call is to end. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Says that the engine may come to have the whole request from now on. */
  sending(): void {
    this.#sending = true;
  }

  /** Says that the engine has begun to answer, and may take its time from now on. */
  begun(): void {
    this.#unlimit();
  }

  /** From now on nothing ends the call. */
  [Symbol.dispose](): void {
    this.#unlimit();
    this.#call.signal?.removeEventListener("abort", this.#abort);
  }

  #abort = (): void => {
    const { signal, lasting } = this.#call;
    if (lasting && this.#sending) this.#limit(() => signal!.reason);
    else this.#ending.abort(signal!.reason);
  };

  #limit(reason: () => unknown): void {
    this.#unlimit();
    if (this.#timeout > MAX_TIMER) return;
    const end = () => this.#ending.abort(reason());
    if (this.#timeout > LONG) {
      const timer = setTimeout(end, this.#timeout);
      this.#unlimit = () => clearTimeout(timer);
      return;
    }
    // Not setTimeout: a command makes few calls, and Deno takes longer to load that than for them all.
    const timeout = AbortSignal.timeout(this.#timeout);
    timeout.addEventListener("abort", end, { once: true });
    // With nobody listening it keeps no process alive.
    this.#unlimit = () => timeout.removeEventListener("abort", end);
  }
}
