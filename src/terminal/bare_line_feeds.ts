/**
 * Line feeds on a terminal that is not truly raw.
 *
 * A terminal whose output is still post-processed (`OPOST|ONLCR`, termios(3)) turns each line feed
 * into CR LF, which moves programs' cursors to the wrong column. A vertical tab moves down alike, in
 * every terminal in use, and is left alone.
 *
 * @module
 */

const LF = 0x0a;
const VT = 0x0b;
const CR = 0x0d;

/**
 * Rewrites, in place, each line feed that no carriage return precedes.
 *
 * @param bytes what is about to be written
 * @param previous the byte that was written before it
 * @returns the last byte, to be given as `previous` the next time
 */
export function rewriteBareLineFeeds(bytes: Uint8Array, previous: number): number {
  if (bytes.length === 0) return previous;
  const last = bytes[bytes.length - 1];
  for (let index = bytes.indexOf(LF); index !== -1; index = bytes.indexOf(LF, index + 1)) {
    if ((index === 0 ? previous : bytes[index - 1]) !== CR) bytes[index] = VT;
  }
  return last;
}
