/**
 * The word that is meant by one with a slip of the finger.
 *
 * @module
 */

/** So many words are offered at the most, where any of them may be meant. */
const OFFERED = 3;

/** The words that `given` may mean: the one that differs least, else those that it is the beginning of. */
export function meantBy(given: string, words: readonly string[]): string[] {
  const nearest = closest(given, words);
  if (nearest !== undefined) return [nearest];
  const begun = words.filter((word) => word.toLowerCase().startsWith(given.toLowerCase()));
  return given === "" || begun.length > OFFERED ? [] : begun;
}

/** The word that differs least from `given`; undefined if all differ by more than a slip or two. */
export function closest(given: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(given.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const word of words) {
    if (Math.abs(word.length - given.length) >= least) continue;
    const distance = editDistance(given.toLowerCase(), word.toLowerCase());
    if (distance < least) [best, least] = [word, distance];
  }
  return best;
}

/** How many letters must be put in, taken away, replaced, or swapped with their neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let at = 1; at <= b.length; at++) {
      const same = a[row - 1] === b[at - 1];
      let least = Math.min(above[at] + 1, current[at - 1] + 1, above[at - 1] + (same ? 0 : 1));
      const swapped = row > 1 && at > 1 && a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1];
      if (swapped) least = Math.min(least, before[at - 2] + 1);
      current.push(least);
    }
    [before, above] = [above, current];
  }
  return above[b.length];
}
