/**
 * Files of `NAME=value` lines, as `--env-file` and `--label-file` take them.
 *
 * @module
 */
import { cut, quote, ValueError } from "./value_error.ts";

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
  for (const [index, line] of decode(bytes).split(/\r?\n/).entries()) {
    const text = line.trimStart();
    if (text === "" || text.startsWith("#")) continue;
    const [name, value = bare(text)] = cut(text, "=");
    if (name === "" || /[ \t]/.test(name)) {
      throw new ValueError(
        `line ${index + 1} has ${
          name === "" ? "no name" : `blanks in the name ${quote(name)}`
        }: expected NAME=value`,
      );
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
