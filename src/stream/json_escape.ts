/**
 * The inside of JSON's strings, made from UTF-8 without a way through texts.
 *
 * A flood of short lines has an escape every few bytes: V8 takes ten times as long to put those into a
 * text and to make bytes of that.
 *
 * @module
 */

/** The most bytes that one byte can become. */
export const LONGEST_ESCAPE = 6;

const LF = 0x0a;
const CR = 0x0d;
/** `\r\n` and `\n`, as they are escaped, in the order of a little-endian word. */
const ESCAPED_CR_LF = 0x6e5c725c;

/** What each byte becomes; undefined where it stays as it is. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return undefined;
  const character = String.fromCharCode(byte);
  const escaped = JSON.stringify(character).slice(1, -1);
  return escaped === character ? undefined : new TextEncoder().encode(escaped);
});

/** How bytes are escaped. */
export interface EscapeOptions {
  /** Whether a line feed that has no carriage return before it gets one. */
  carriageReturns: boolean;
  /** Whether there is one before all of this. */
  afterCarriageReturn?: boolean;
  /** Whether nothing but ASCII will do. */
  ascii: boolean;
}

/**
 * Writes `bytes`, which are UTF-8, to `to` as they stand in a JSON string. There must be room for
 * {@linkcode LONGEST_ESCAPE} times as many.
 *
 * @returns how many were written; -1 where they had to be ASCII and are not
 */
export function escapeJson(
  bytes: Uint8Array,
  to: Uint8Array,
  { carriageReturns, afterCarriageReturn = false, ascii }: EscapeOptions,
): number {
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const into = new DataView(to.buffer, to.byteOffset, to.length);
  const length = bytes.length;
  let written = 0;
  let at = 0;
  while (at < length) {
    // Four at a time, while none of them is special.
    for (; at <= length - 4; at += 4, written += 4) {
      const word = from.getInt32(at, true);
      if (isSpecial(word)) break;
      into.setInt32(written, word, true);
    }
    for (const end = Math.min(at + 4, length); at < end; at++) {
      const byte = bytes[at];
      const escape = ESCAPES[byte];
      if (escape === undefined) {
        if (ascii && byte >= 0x80) return -1;
        to[written++] = byte;
      } else if (
        carriageReturns && byte === LF && !(at === 0 ? afterCarriageReturn : bytes[at - 1] === CR)
      ) {
        into.setInt32(written, ESCAPED_CR_LF, true);
        written += 4;
      } else {
        for (let index = 0; index < escape.length; index++) to[written++] = escape[index];
      }
    }
  }
  return written;
}

/**
 * Whether one of a word's bytes is a control character, a quotation mark, a backslash, or none of
 * ASCII; also of some words that have such a byte next to another.
 */
function isSpecial(word: number): boolean {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const high = (word - 0x20202020) | (quote - 0x01010101) | (backslash - 0x01010101) | word;
  return (high & 0x80808080) !== 0;
}
