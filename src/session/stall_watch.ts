/**
 * A session that waits for ever, because nobody reads a stream of it.
 *
 * @module
 */
import { SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";

/** The clock that is waited by. */
export interface StallTimers extends Timers {
  /** Keeps a call that is to come from keeping the process from its end. */
  unref(timer: unknown): void;
}

const TIMERS: StallTimers = {
  ...SYSTEM_TIMERS,
  unref: (timer) => Deno.unrefTimer(timer as number),
};

/** How long nothing may be read of a session before its program is told why, in milliseconds. */
const STALL_TIME = 5000;

/** What is full, and what waits for that. */
export interface Stall {
  /** The stream that is full, and that nobody reads. */
  full: "stdout" | "stderr";
  /** The stream whose reader or writer waits, or the session's end; null where nobody is seen to wait. */
  waiting: "stdout" | "stderr" | "stdin" | "status" | null;
}

/** Tells a session's program, once, that it waits for ever because nobody reads a stream. */
export class StallWatch {
  #statusAsked = false;
  #statusKnown = false;
  /** How many pieces of input wait to be taken. */
  #inputs = 0;
  #timers: StallTimers;
  #warn: (message: string) => void;
  #timer: unknown;
  #look: () => Stall | null = () => null;
  #over = false;

  /** Tells by `warn`. */
  constructor(
    { timers = TIMERS, warn = (message) => console.warn(message) }: {
      timers?: StallTimers;
      warn?: (message: string) => void;
    } = {},
  ) {
    this.#timers = timers;
    this.#warn = warn;
  }

  /** What is waited for beside output. */
  get waits(): "status" | "stdin" | null {
    if (this.#statusAsked && !this.#statusKnown) return "status";
    return this.#inputs > 0 ? "stdin" : null;
  }

  /** A piece of input waits to be taken, until this is disposed of. */
  inputWaits(): Disposable {
    this.#inputs++;
    return { [Symbol.dispose]: () => void this.#inputs-- };
  }

  /** Somebody waits for the session's end, as long as that is not known. */
  statusAsked(): void {
    this.#statusAsked = true;
  }

  /** It is known how the session ended: nobody waits for that any more. */
  statusKnown(): void {
    this.#statusKnown = true;
    if (this.#timer === undefined) return;
    this.goesOn();
    this.halted(this.#look);
  }

  /** Nothing more is read for now: `look` tells whether a stream is full, and who waits. */
  halted(look: () => Stall | null): void {
    if (this.#over || this.#timer !== undefined) return;
    const stall = look();
    if (stall === null) return;
    this.#look = look;
    this.#timer = this.#timers.set(() => {
      this.#timer = undefined;
      const stall = look();
      if (stall === null) return;
      if (stall.waiting === null) return this.halted(look);
      this.end();
      this.#warn(words(stall));
    }, STALL_TIME);
    // A program that waits must not end before it is told; any other must not be kept from its end.
    if (stall.waiting === null) this.#timers.unref(this.#timer);
  }

  /** Something is read. */
  goesOn(): void {
    this.#timers.clear(this.#timer);
    this.#timer = undefined;
  }

  /** The session is over. */
  end(): void {
    this.#over = true;
    this.goesOn();
  }
}

function words({ full, waiting }: Stall): string {
  const waits = waiting === "status"
    ? "how it ends is not known"
    : `its ${waiting} ${waiting === "stdin" ? "takes" : "gets"} no more`;
  return `dockerpty: a session's ${full} is full, nobody has read it for ${
    STALL_TIME / 1000
  } seconds, and ` +
    `${waits} until somebody does: read it, cancel it, or open the session with ${full}: "null" or ` +
    '"inherit"';
}
