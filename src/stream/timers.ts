/**
 * The clock that is waited by.
 *
 * @module
 */

/** The two functions of a clock that a held key needs. */
export interface Timers {
  /** Calls back after a number of milliseconds; returns what {@linkcode clear} takes. */
  set(callback: () => void, delay: number): unknown;
  /** Takes a call back. */
  clear(timer: unknown): void;
}

/** The clock of the system. */
export const SYSTEM_TIMERS: Timers = {
  set: (callback, delay) => setTimeout(callback, delay),
  clear(timer) {
    // Deno loads its timers when they are first touched, which takes longer than all else here.
    if (timer !== undefined) clearTimeout(timer as number);
  },
};

/** Waits for so many milliseconds; throws the signal's reason when it aborts before. */
export async function pause(
  milliseconds: number,
  timers: Timers,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const abort = () => resolve();
  signal?.addEventListener("abort", abort, { once: true });
  const timer = timers.set(resolve, milliseconds);
  await promise;
  signal?.removeEventListener("abort", abort);
  timers.clear(timer);
  signal?.throwIfAborted();
}
