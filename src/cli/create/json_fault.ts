/**
 * Where a text stops being JSON: `JSON.parse` does not always say.
 *
 * @module
 */

/** A place in a text, and what should have been there. */
export interface JsonFault {
  /** The line, from 1. */
  line: number;
  /** The column, from 1, in characters. */
  column: number;
  /** What was expected there. */
  expected: string;
}

const SPACE = /[ \t\n\r]*/y;
// deno-lint-ignore no-control-regex
const STRING = /"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Finds the place from which on a text cannot be JSON. */
export function jsonFault(text: string): JsonFault {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  const next = (): string => {
    take(SPACE);
    return text[at] ?? "";
  };
  const skip = (character: string): boolean => {
    const found = next() === character;
    if (found) at++;
    return found;
  };
  /** What is missing; null if there is a whole value. */
  const value = (): string | null => {
    const first = next();
    if (skip("{")) return skip("}") ? null : members("}", member);
    if (skip("[")) return skip("]") ? null : members("]", value);
    if (first === '"') return take(STRING) ? null : "a string that is whole";
    return take(SCALAR) ? null : "a value";
  };
  const member = (): string | null => {
    if (next() !== '"') return "a name in double quotes";
    if (!take(STRING)) return "a name that is whole";
    return skip(":") ? value() : "a colon";
  };
  const members = (close: string, one: () => string | null): string | null => {
    do {
      const missing = one();
      if (missing !== null) return missing;
    } while (skip(","));
    return skip(close) ? null : `a comma or ${close}`;
  };
  const missing = value();
  next();
  const lines = text.slice(0, at).split("\n");
  const column = [...lines.at(-1)!].length + 1;
  return { line: lines.length, column, expected: missing ?? "the end" };
}
