/**
 * What is wrong with a value on the command line.
 *
 * @module
 */

/** A value that cannot be used; the message says what was expected, and the flag is not known here. */
export class ValueError extends Error {
  /** The error's class, for logs. */
  override name = "ValueError";
}

/** A value as it is shown: quoted, so that it cannot be mistaken for the words around it. */
export function quote(value: string): string {
  return JSON.stringify(value);
}

/** The text before and behind the first `separator`; the second is undefined where there is none. */
export function cut(text: string, separator: string): [before: string, behind: string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
