/** Medians, spreads and ratios of what was measured. */

/** The value below which a share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What is known of one figure of one subject, over all rounds. */
export interface Summary {
  median: number;
  /** The tenth part of the values is below the first, and above the second. */
  spread: [number, number];
  /** The median of the ratios to docker's value in the same round. */
  ratio?: number;
}

/** Sums up values, one of each round, beside docker's of the same rounds. */
export function summary(values: readonly number[], docker: readonly number[]): Summary {
  const ratios = values.map((value, round) => value / docker[round]).filter(Number.isFinite);
  return {
    median: median(values),
    spread: [quantile(values, 0.1), quantile(values, 0.9)],
    ratio: ratios.length === 0 ? undefined : median(ratios),
  };
}
