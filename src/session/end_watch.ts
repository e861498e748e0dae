/**
 * The end of an output that an engine owes, once the process is known to have ended.
 *
 * @module
 */

/** Sees to it that the end of an output is not waited for in vain. */
export class EndWatch {
  #time: number;
  #late: () => void;
  #reads = 0;
  #reading = false;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param time how long the output may be silent, in milliseconds; Infinity means that its end tells
   * the process's
   * @param late is called when it was, while it was read
   */
  constructor(time: number, late: () => void) {
    this.#time = time;
    this.#late = late;
  }

  /** A read of the output. */
  async read<T>(reading: Promise<T>): Promise<T> {
    this.#reading = true;
    try {
      const read = await reading;
      this.#reads++;
      return read;
    } finally {
      this.#reading = false;
    }
  }

  /** The process is known to have ended. */
  begin(): void {
    if (this.#over || this.#time === Infinity) return;
    const before = this.#reading ? this.#reads : -1;
    this.#timer = setTimeout(() => {
      // What nobody reads is not late.
      if (this.#reading && this.#reads === before) this.#late();
      else this.begin();
    }, this.#time);
    // What nobody reads must not keep the process from its end.
    Deno.unrefTimer(this.#timer);
  }

  /** The output has ended, or the session is left. */
  end(): void {
    this.#over = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }
}
