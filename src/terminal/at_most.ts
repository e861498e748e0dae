/**
 * Waiting with a limit.
 *
 * @module
 */
import type { Timers } from "../stream/timers.ts";

/** Waits for a promise, for so many milliseconds at most. */
export async function atMost(
  milliseconds: number,
  promise: Promise<void>,
  timers: Timers,
): Promise<void> {
  const expired = Promise.withResolvers<void>();
  const timer = timers.set(expired.resolve, milliseconds);
  try {
    await Promise.race([promise, expired.promise]);
  } finally {
    timers.clear(timer);
  }
}
