/** Whether what was measured of a process stays flat. */
import type { Sample } from "./proc.ts";

/** What a figure may differ by, from the second quarter of the time to the last one. */
const GROWTH: Record<keyof Sample, (before: number) => number> = {
  memory: (kib) => kib * 0.05 + 4 * 1024,
  descriptors: () => 2,
  threads: () => 2,
};

/** What of the figures grows, a line each; the first quarter is left for everything to be loaded. */
export function growing(samples: readonly Sample[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  return (Object.keys(GROWTH) as (keyof Sample)[]).flatMap((name) => {
    const [before, after] = [early, late].map((part) => median(part.map((each) => each[name])));
    return after > before + GROWTH[name](before) ? [`${name} grew from ${before} to ${after}`] : [];
  });
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
