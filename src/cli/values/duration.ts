/**
 * Durations as Go writes them: `1m30s`, `500ms`, `1.5h`.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "µs": 1e3,
  "μs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
/** What the engine's integers hold: 292 years. */
const MAX_NANOSECONDS = 2 ** 63 - 1024;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/** Reads a duration, in nanoseconds. */
export function parseDuration(value: string): number {
  const text = value.replace(/^\+/, "");
  if (text === "0") return 0;
  let sum = 0;
  let end = 0;
  for (const [part, number, unit] of text.matchAll(PART)) {
    sum += Number(number) * NANOSECONDS[unit];
    end += part.length;
  }
  if (text === "" || end !== text.length || sum > MAX_NANOSECONDS) {
    throw new ValueError("expected a duration such as 1m30s or 500ms (ms, s, m, h), not negative");
  }
  return Math.round(sum);
}
