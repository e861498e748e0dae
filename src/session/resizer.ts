/**
 * The size of a terminal, for engines that do not take it when a process is created.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import type { Winsize } from "../winsize.ts";
import { wasNotThere } from "./status.ts";

/** From this version of the API on, Docker takes the size when a process is created. */
const CONSOLE_SIZE = "1.42";

/** The pause between two sizes, in milliseconds: Podman loses the second of two that come at once. */
export const BETWEEN_SIZES = 10;

/** The pauses before the size is sent again, in milliseconds: a process may not have started yet. */
const PAUSES = [10, 20, 40, 80, 160];

/** Sends sizes to a process's terminal: the first one once the process is there, until a newer comes. */
export class Resizer {
  #send: (size: Winsize) => Promise<void>;
  #first: Promise<void> = Promise.resolve();
  #superseded = false;
  /** Ends the pause. */
  #wake = (): void => {};

  /** Sends by `send`. */
  constructor(send: (size: Winsize) => Promise<void>) {
    this.#send = send;
  }

  /** Sends a size, after the first one. */
  resize = async (size: Winsize): Promise<void> => {
    this.end();
    await this.#first;
    await this.#send(size);
  };

  /**
   * Sends the first size to an engine that has not taken it already. What cannot be told is let be: a
   * process that has ended needs none, and whoever shows a terminal tells its size anyway.
   *
   * @param startsLate whether one that is not there may still be to come
   */
  first(engine: Engine, size: Winsize, { startsLate }: { startsLate: boolean }): Promise<void> {
    return this.#first = this.#sendFirst(engine, size, startsLate).catch(() => {});
  }

  /** Sends the first size no more. */
  end(): void {
    this.#superseded = true;
    this.#wake();
  }

  async #pause(milliseconds: number): Promise<void> {
    if (this.#superseded || milliseconds === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  async #sendFirst(engine: Engine, size: Winsize, startsLate: boolean): Promise<void> {
    if (!engine.isPodman && await engine.supports(CONSOLE_SIZE)) return;
    for (const pause of [0, ...PAUSES]) {
      await this.#pause(pause);
      if (this.#superseded) return;
      try {
        return await this.#send(size);
      } catch (error) {
        if (!startsLate && wasNotThere(error)) return;
      }
    }
  }
}
