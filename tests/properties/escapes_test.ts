import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EscapeFilter } from "../../src/stream/escape_filter.ts";
import { join, text } from "../fakes/bytes.ts";
import { cuts, pieces, property, someBytes, wordsOf } from "./property.ts";

const encoder = new TextEncoder();

/** Sequences of all kinds, whole and in parts, with text between them; and any bytes. */
const output = fc.oneof(
  wordsOf("\x1b", "[", "]", "P", "k", "(", "3", ";", "m", "\\", "\x07", "\x18", "\n", "x", "é")
    .map((words) => Uint8Array.from(encoder.encode(words))),
  someBytes,
);

/** What is given out, up to the end. */
function filtered(parts: Uint8Array[]): Uint8Array {
  const filter = new EscapeFilter();
  const given = parts.map((part) => filter.take(part).slice());
  return join([...given, filter.end()]);
}

property(
  "escapes: however output is cut, the same is text",
  fc.tuple(output, cuts),
  ([whole, lengths]) => assertEquals(filtered(pieces(whole, lengths)), filtered([whole])),
);

property(
  "escapes: what has no escape in it is left alone",
  output.map((whole) => whole.filter((byte) => byte !== 0x1b)),
  (whole) => assertEquals(filtered([whole]), whole),
);

property(
  "escapes: what follows a whole sequence is all there",
  fc.tuple(output, wordsOf("a", "b", "\n", "é")),
  ([before, after]) => {
    // Whatever came before, CAN ends it.
    const end = Uint8Array.of(0x18, ...encoder.encode(after.replaceAll("\x1b", "")));
    const found = text(filtered([before, end]));
    const expected = text(end.subarray(1));
    assertEquals(found.slice(found.length - expected.length), expected);
  },
);
