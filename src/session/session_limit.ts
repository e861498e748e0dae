/**
 * A limit on how many sessions are open at once.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";

/** A place of a {@linkcode SessionLimit}, to be given back once; more often does nothing. */
export type GiveBack = () => void;

/** So many places, and a queue before them: first come, first served. */
export class SessionLimit {
  #free: number;
  /** Whoever waits, in their order. */
  #queue = new Set<() => void>();

  /**
   * Makes the places.
   *
   * @throws {InvalidOptionError} if there would be none
   */
  constructor(max: number) {
    if (max !== Infinity && !Number.isSafeInteger(max) || max < 1) {
      throw new InvalidOptionError(
        `invalid maxSessions (${
          typeof max === "string" ? JSON.stringify(max) : max
        }): expected a whole number, 1 or more`,
      );
    }
    this.#free = max;
  }

  /** Waits for a place, or until the signal aborts; whoever gives up leaves the queue. */
  async take(signal?: AbortSignal): Promise<GiveBack> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let taken = true;
    return () => {
      if (taken) this.#next();
      taken = false;
    };
  }

  #wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#queue.delete(enter);
        reject(signal!.reason);
      };
      this.#queue.add(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Hands a place that has become free to the first of the queue. */
  #next(): void {
    const [enter] = this.#queue;
    if (enter === undefined) return void this.#free++;
    this.#queue.delete(enter);
    enter();
  }
}
