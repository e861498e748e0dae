/**
 * Waiting with a limit.
 *
 * @module
 */
import type { Timers } from "../stream/timers.ts";

/** So many promises may lie between one that has settled and the one that is given. */
const TURNS = 4;

/** Waits for a promise, for so many milliseconds at most. */
export async function atMost(
  milliseconds: number,
  promise: Promise<void>,
  timers: Timers,
): Promise<void> {
  // What has come already is not waited for, and needs no clock: Deno takes its time to load that.
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < TURNS && !settled; turn++) await undefined;
  if (settled) return await promise;
  const expired = Promise.withResolvers<void>();
  const timer = timers.set(expired.resolve, milliseconds);
  try {
    await Promise.race([promise, expired.promise]);
  } finally {
    timers.clear(timer);
  }
}
