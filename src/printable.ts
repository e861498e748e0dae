/**
 * Text from elsewhere, made fit to print: engines, registries, containers' names and files can hold
 * sequences that move a cursor, ring, retitle a window or turn the direction of writing.
 *
 * @module
 */

// Each of these takes longer to make than a whole session needs of such things.

/** What a terminal may act on: controls, C1 ones too, marks of direction and other invisible ones (U+2065 is kept for one). */
const unprintable = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2065]/gu;

/** The same, but for the ends of lines. */
const unprintableInLines = () => /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2065]/gu;

/** One line, in which nothing moves the cursor. */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ").replace(unprintable(), "\ufffd").trim();
}

/** The same lines, in which nothing else moves the cursor. */
export function printableLines(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(unprintableInLines(), "\ufffd");
}
