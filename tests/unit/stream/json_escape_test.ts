import { assertEquals } from "@std/assert";
import { escapeJson, LONGEST_ESCAPE } from "../../../src/stream/json_escape.ts";
import { bytes, text } from "../../fakes/bytes.ts";

/** What is written for bytes. */
function escaped(
  content: Uint8Array,
  { carriageReturns = false, ascii = false } = {},
): string | null {
  const to = new Uint8Array(LONGEST_ESCAPE * content.length);
  const written = escapeJson(content, to, { carriageReturns, ascii });
  return written < 0 ? null : text(to.subarray(0, written));
}

const inside = (content: string) => JSON.stringify(content).slice(1, -1);

Deno.test("json: every byte of ASCII at every place of a word is what JSON makes of it", () => {
  for (let byte = 0; byte < 0x80; byte++) {
    for (const before of ["", "x", "xy", "xyz", "\0\x1f", '"\\"', "\x7f !"]) {
      for (const after of ["", "abcdefgh", "\\\n\\\n", "  !\x7f"]) {
        const content = before + String.fromCharCode(byte) + after;
        assertEquals(escaped(bytes(content), { ascii: true }), inside(content));
      }
    }
  }
});

Deno.test("json: what is no ASCII passes as it is, or is refused", () => {
  for (
    const content of ["é", "abcé", "\u2028", "日本語のテキスト", "\u{1f600}\n\u{1f600}", "x\ufeffx"]
  ) {
    assertEquals(escaped(bytes(content)), inside(content));
    assertEquals(escaped(bytes(content), { ascii: true }), null);
  }
});

Deno.test("json: line feeds get carriage returns where they have none", () => {
  for (const content of ["\n", "a\nb", "\r\n", "\n\n\r\n\n", "\r\r\n", "abcd\nefgh\n", "\n\r"]) {
    assertEquals(
      escaped(bytes(content), { carriageReturns: true }),
      inside(content.replaceAll(/(?<!\r)\n/g, "\r\n")),
    );
    assertEquals(escaped(bytes(content)), inside(content));
  }
});

Deno.test("json: bytes in the middle of a buffer, and to the middle of one", () => {
  const from = bytes('xx"ab\ncd"xx');
  const to = new Uint8Array(100).fill(1);
  const length = escapeJson(from.subarray(2, 9), to.subarray(3), {
    carriageReturns: false,
    ascii: true,
  });
  assertEquals(text(to.subarray(3, 3 + length)), '\\"ab\\ncd\\"');
  assertEquals([...to.subarray(0, 3), to[3 + length]], [1, 1, 1, 1]);
});
