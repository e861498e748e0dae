/**
 * Finding where a sequence of bytes may begin, after Knuth, Morris and Pratt.
 *
 * @module
 */

/**
 * For each length of a beginning of `sequence`, the longest shorter beginning that it ends with.
 */
export function prefixFunction(sequence: Uint8Array): number[] {
  const fallback = [0, 0];
  let matched = 0;
  for (let index = 1; index < sequence.length; index++) {
    while (matched > 0 && sequence[index] !== sequence[matched]) matched = fallback[matched];
    if (sequence[index] === sequence[matched]) matched++;
    fallback.push(matched);
  }
  return fallback;
}

/**
 * Where `first` begins to agree with `second`, as far as both go: `second` is in it, or begins at its
 * end. The first such place; the length of `first` if there is none.
 */
export function agreesFrom(first: Uint8Array, second: Uint8Array): number {
  const sought = second.subarray(0, first.length);
  const fallback = prefixFunction(sought);
  let matched = 0;
  for (let index = 0; index < first.length; index++) {
    while (matched > 0 && first[index] !== sought[matched]) matched = fallback[matched];
    if (first[index] === sought[matched]) matched++;
    if (matched === sought.length && matched > 0) return index + 1 - matched;
  }
  return first.length - matched;
}

/** The first places, `most` of them, where `sought` is in `whole`; they may overlap. */
export function occurrences(whole: Uint8Array, sought: Uint8Array, most: number): number[] {
  const fallback = prefixFunction(sought);
  const places: number[] = [];
  let matched = 0;
  for (let index = 0; index < whole.length && places.length < most; index++) {
    while (matched > 0 && whole[index] !== sought[matched]) matched = fallback[matched];
    if (whole[index] === sought[matched]) matched++;
    if (matched < sought.length) continue;
    places.push(index + 1 - matched);
    matched = fallback[matched];
  }
  return places;
}
