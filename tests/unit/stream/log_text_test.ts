import { assertEquals } from "@std/assert";
import { concat } from "../../../src/stream/concat.ts";
import { LogText, LONGEST_LINE } from "../../../src/stream/log_text.ts";
import { bytes, cuts } from "../../fakes/bytes.ts";

/** A log in JSON of what was written: each line in pieces, and what is no UTF-8 in them replaced. */
function logged(written: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < written.length;) {
    const line = written.indexOf(0x0a, at) + 1 || written.length;
    const end = Math.min(line, at + LONGEST_LINE);
    for (const byte of replaced(written.subarray(at, end))) pieces.push(byte);
    at = end;
  }
  return concat(pieces);
}

/** As Go has it: one U+FFFD for each byte. The decoder has one for what may begin a character. */
function* replaced(piece: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < piece.length;) {
    const size = [1, 2, 3, 4].find((size) => isCharacter(piece.subarray(at, at + size)));
    yield size === undefined ? bytes("\ufffd") : piece.slice(at, at + size);
    at += size ?? 1;
  }
}

function isCharacter(piece: Uint8Array): boolean {
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(piece);
  if (decoded === "\ufffd") return piece.length === 3 && piece[0] === 0xef;
  return [...decoded].length === 1;
}

const text = (...parts: (string | number[])[]) => concat(parts.map((part) => bytes(part)));
const samples = {
  "Latin-1": text([0xe9], "t", [0xe9], "\n", [0xb0, 0x0a]),
  "parts of characters": text([0xe2, 0x82], "\n", [0xf0, 0x9f, 0x98], "x", [0xe2], "é\n", [0xc3]),
  "what looks like characters": text([0xed, 0xa0, 0x80, 0xc0, 0x80, 0xf4, 0x90, 0x80, 0x80], "\n"),
  "too long ones": text([0xe0, 0x80, 0x80, 0xf0, 0x8f, 0xbf, 0xbf, 0xf5, 0xff, 0xfe], "\n"),
  "U+FFFD itself": text("a\ufffdb\n", [0xff], "\n"),
  "characters": text("é€😀\n", [0xff], "\n"),
};

for (const [what, written] of Object.entries(samples)) {
  Deno.test(`log text: ${what} have the form that the log has of them`, () => {
    const log = new LogText(logged(written));
    assertEquals(log.formOf(written), log.form);
    assertEquals(log.lengthOf(written), log.form.length);
    assertEquals(log.upTo(log.form.length), log.bytes.length);
  });

  Deno.test(`log text: ${what} are found from wherever they are cut`, () => {
    const line = bytes("one line, two lines\n");
    const log = new LogText(logged(concat([line, written])));
    for (const [before, behind] of cuts(written)) {
      // A cut U+FFFD is no part of what the log has.
      if (what === "U+FFFD itself" && before.length > 1 && before.length < 4) continue;
      const forms = log.formsOfEnd(concat([line, before]));
      const place = line.length + log.lengthOf(before);
      assertEquals(forms.some((form) => startsWith(log.form, form)), true, `to ${before.length}`);
      if (behind.length > 4) assertEquals(log.agreesFrom(behind), place, `from ${before.length}`);
      assertEquals(log.endsWith(log.form.subarray(line.length), behind), true);
    }
  });
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => whole[index] === byte);
}

Deno.test("log text: characters where a long line is cut, in whatever column they are", () => {
  for (const character of ["é", "€", "😀"]) {
    for (const start of ["", "x", "xy", "xyz"]) {
      const line = text(start, character.repeat(40_000 / bytes(character).length), "\n");
      const log = new LogText(logged(concat([line, text([0xff, 0x0a])])));
      assertEquals(log.formOf(concat([line, text([0xff, 0x0a])])), log.form);
      for (const from of [0, 1, 2, 20_000, 30_001]) {
        const rest = line.subarray(from);
        assertEquals(log.endsWith(log.form.subarray(0, line.length), rest), true);
        const more = concat([rest, text([0xff, 0x0a])]);
        assertEquals(log.agreesFrom(more), from, `${character} from ${from}`);
      }
    }
  }
});

Deno.test("log text: where the log has no U+FFFD, bytes are compared as they are", () => {
  const log = new LogText(text([0xe9, 0xa9], "\n", [0xc3], "x\n"));
  assertEquals(log.form, log.bytes);
  assertEquals(log.formOf(text([0xe8])), text([0xe8]));
  assertEquals(log.formsOfEnd(text("a", [0xc3])), [text("a", [0xc3])]);
  assertEquals(log.agreesFrom(text([0xa9], "\n")), 1);
  assertEquals(log.agreesFrom(text([0xa8], "\n")), undefined);
});
