/** Tables of what a parser takes and what it refuses. */
import { assertEquals, assertThrows } from "@std/assert";
import { ValueError } from "../../../src/cli/values/value_error.ts";

/** Tests a parser: `accepted` has texts and what they mean, `refused` what is refused. */
export function table<T>(
  name: string,
  parse: (text: string) => T,
  accepted: readonly (readonly [text: string, value: T])[],
  refused: readonly string[],
): void {
  Deno.test(`${name}: what is taken`, () => {
    for (const [text, value] of accepted) assertEquals(parse(text), value, JSON.stringify(text));
  });
  if (refused.length === 0) return;
  Deno.test(`${name}: what is refused, in one line that says what was expected`, () => {
    for (const text of refused) {
      const error = assertThrows(() => parse(text), ValueError, undefined, JSON.stringify(text));
      assertEquals(error.message.includes("\n"), false);
    }
  });
}
