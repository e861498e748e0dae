import { assertEquals } from "@std/assert";
import { EscapeFilter } from "../../../src/stream/escape_filter.ts";
import { bytes, join, text } from "../../fakes/bytes.ts";

/** What is text in an output that ended, in one piece and byte by byte. */
function textIn(output: string): string {
  const whole = filtered([bytes(output)]);
  assertEquals(filtered(Array.from(bytes(output), (byte) => Uint8Array.of(byte))), whole);
  return whole;
}

function filtered(pieces: Uint8Array[]): string {
  const filter = new EscapeFilter();
  const taken = pieces.map((piece) => filter.take(piece).slice());
  return text(join([...taken, filter.end()]));
}

/** What is given out of an output that goes on. */
function textSoFar(output: string): string {
  return text(new EscapeFilter().take(bytes(output)));
}

for (
  const [what, sequence] of [
    ["a colour", "\x1b[31m"],
    ["a private mode", "\x1b[?25l"],
    ["intermediates", "\x1b[1 q"],
    ["a character set", "\x1b(B"],
    ["two intermediates", "\x1b$(B"],
    ["a saved cursor", "\x1b7"],
    ["a shift", "\x1bn"],
    ["a title", "\x1b]0;a title é\x07"],
    ["a title that ST ends", "\x1b]0;a title\x1b\\"],
    ["a title of screen's", "\x1bktitle\x1b\\"],
    ["a device control string of more than one line", "\x1bPq#0\n#1\r\n-\x1b\\"],
    ["what tmux passes through", "\x1bPtmux;\x1b\x1b]0;t\x07\x1b\\"],
    ["a start of string", "\x1bXany\x1b\\"],
    ["a private message", "\x1b^any\x1b\\"],
    ["an application's command", "\x1b_Gf=32;AAAA\x1b\\"],
    ["one that another one breaks off", "\x1b[3\x1b[1m"],
    ["one that is cancelled", "\x1b[3\x18"],
    ["a string that is cancelled", "\x1b]0;t\x1a"],
  ]
) {
  Deno.test(`escapes are taken out: ${what}`, () => {
    assertEquals(textIn(`before${sequence}after$ `), "beforeafter$ ");
    assertEquals(textSoFar(`before${sequence}after$ `), "beforeafter$ ");
    assertEquals(textIn(sequence), "");
  });
}

Deno.test("escapes: a control in the middle of a sequence is acted upon", () => {
  assertEquals(textIn("a\x1b[3\n1mred"), "a\nred");
  assertEquals(textIn("a\x1b\r[mred"), "a\rred");
});

Deno.test("escapes: what is none stays", () => {
  assertEquals(textIn("a\x1bé b"), "a\x1bé b");
  assertEquals(textIn("a\x1b[3é b"), "a\x1b[3é b");
  assertEquals(textIn("a\x1b(é b"), "a\x1b(é b");
});

Deno.test("escapes: a title that nobody ends is text from the next line on", () => {
  assertEquals(textSoFar("a\x1b]0;title\r\nready$ "), "a\x1b]0;title\r\nready$ ");
  assertEquals(textSoFar("a\x1bktitle\nready$ "), "a\x1bktitle\nready$ ");
});

Deno.test("escapes: no more than so much is held back", () => {
  for (const begin of ["\x1b]0;", "\x1bP", "\x1b_", "\x1b[", "\x1b("]) {
    const long = `${begin}${" ".repeat(4096 - begin.length)}ready$ `;
    assertEquals(textSoFar(long), long);
    assertEquals(textSoFar(long.slice(0, 4095)), "");
  }
});

Deno.test("escapes: what has begun is given out at the end", () => {
  for (
    const begin of ["\x1b", "\x1b[", "\x1b[31", "\x1b(", "\x1b]0;title", "\x1bPq\n#0", "\x1bk"]
  ) {
    assertEquals(textSoFar(`a${begin}`), "a");
    assertEquals(textIn(`a${begin}`), `a${begin}`);
  }
});
