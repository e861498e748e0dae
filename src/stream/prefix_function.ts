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

/** The length of the longest end of `first` that `second` begins with. */
export function overlapLength(first: Uint8Array, second: Uint8Array): number {
  const fallback = prefixFunction(second);
  let matched = 0;
  for (const byte of first.subarray(-second.length)) {
    while (matched > 0 && (matched === second.length || byte !== second[matched])) {
      matched = fallback[matched];
    }
    if (byte === second[matched]) matched++;
  }
  return second.length === 0 ? 0 : matched;
}
