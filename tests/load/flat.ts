/** Whether what was measured of a process stays flat. */
import type { Sample } from "./proc.ts";

/** What a figure may differ by, from a quarter of the time to the last one. */
const GROWTH: Record<keyof Sample, (before: number) => number> = {
  memory: (kib) => kib * 0.05 + 4 * 1024,
  descriptors: () => 2,
  threads: () => 2,
};

/** What a program holds may differ by, once what it no longer needs has been collected. */
const HELD_GROWTH = (kib: number) => kib * 0.05 + 512;

/**
 * What of the figures grows, a line each; the first quarter is left for everything to be loaded. Where
 * it is known what the program itself holds, that is looked at so, and its memory from the third quarter
 * on only: the pools of V8 and of the C library take their time to become as large as they get.
 */
export function growing(samples: readonly Sample[], held?: readonly number[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  const from = (name: keyof Sample) => name === "memory" && held !== undefined ? 2 : 1;
  const grown = (Object.keys(GROWTH) as (keyof Sample)[]).flatMap((name) => {
    const early = samples.slice(from(name) * quarter, (from(name) + 1) * quarter);
    const [before, after] = [early, samples.slice(-quarter)]
      .map((part) => median(part.map((each) => each[name])));
    return after > before + GROWTH[name](before) ? [`${name} grew from ${before} to ${after}`] : [];
  });
  if (held === undefined) return grown;
  const part = Math.floor(held.length / 4);
  // The least of it: at other times a session is in the middle of its megabytes.
  const [before, after] = [held.slice(part, 2 * part), held.slice(-part)]
    .map((kib) => Math.min(...kib));
  if (after <= before + HELD_GROWTH(before)) return grown;
  return [...grown, `what is held grew from ${before} to ${after}`];
}

/** The figures in a line: at the end of the first quarter, the median of the last, and the most. */
export function summary(samples: readonly Sample[]): string {
  const quarter = Math.floor(samples.length / 4);
  const figure = (name: keyof Sample, unit: number) => {
    const of = (part: readonly Sample[]) => part.map((each) => each[name] / unit);
    const numbers = [
      median(of(samples.slice(quarter, 2 * quarter))),
      median(of(samples.slice(-quarter))),
      Math.max(...of(samples)),
    ];
    return numbers.map((number) => number.toFixed(unit === 1 ? 0 : 1)).join(" → ");
  };
  return `memory ${figure("memory", 1024)} MiB, descriptors ${figure("descriptors", 1)}, ` +
    `threads ${figure("threads", 1)} (second quarter → last → most)`;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
