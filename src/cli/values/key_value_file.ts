/**
 * Files of `NAME=value` lines, as `--env-file` and `--label-file` take them.
 *
 * @module
 */
import { cut, ValueError } from "./value_error.ts";

/** What may stand before a name: blanks as Go has them, by which docker's command line reads. */
const BLANKS = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Reads the lines of a file: none that is empty or begins with `#`, values to the end of the line,
 * with their quotes and blanks.
 *
 * @param bare gives the value of a name without one; undefined leaves it out
 */
export function parseKeyValueFile(
  bytes: Uint8Array,
  bare: (name: string) => string | undefined,
): string[] {
  const entries: string[] = [];
  for (const [index, line] of decode(bytes).split("\n").entries()) {
    const text = line.replace(/\r$/, "").replace(BLANKS, "");
    if (text === "" || text.startsWith("#")) continue;
    const [name, value = bare(text)] = cut(text, "=");
    if (name === "" || /[ \t]/.test(name)) {
      // The line itself is not shown: it may be one of a secret that has several.
      const problem = name === "" ? "no name" : "blanks in its name";
      throw new ValueError(`line ${index + 1} has ${problem}: expected NAME=value`);
    }
    if (value !== undefined) entries.push(`${name}=${value}`);
  }
  return entries;
}

function decode(bytes: Uint8Array): string {
  try {
    // A byte order mark goes with the decoding.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ValueError("expected a file of NAME=value lines in UTF-8");
  }
}
