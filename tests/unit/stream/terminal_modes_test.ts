import { assertEquals } from "@std/assert";
import { TerminalModes } from "../../../src/stream/terminal_modes.ts";
import { bytes } from "../../fakes/bytes.ts";

/** What takes back what a program has written, in any two or three pieces. */
function undone(output: string): string {
  const whole = bytes(output);
  const undo = (...pieces: Uint8Array[]) => {
    const modes = new TerminalModes();
    for (const piece of pieces) modes.feed(piece);
    return modes.undo();
  };
  const expected = undo(whole);
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second++) {
      const pieces = [whole.subarray(0, first), whole.subarray(first, second)];
      const found = undo(...pieces, whole.subarray(second));
      assertEquals(found, expected, `${JSON.stringify(output)} cut at ${first} and ${second}`);
    }
  }
  assertEquals(undo(...Array.from(whole, (byte) => new Uint8Array([byte]))), expected);
  return expected;
}

/** What programs switch on, and what takes it back. */
const SWITCHED: Record<string, [on: string, undo: string]> = {
  "the alternate screen": ["\x1b[?1049h", "\x1b[?1049l"],
  "the alternate screen, as old programs do": ["\x1b[?47h", "\x1b[?47l"],
  "the alternate screen, with a saved cursor": ["\x1b7\x1b[?1047h", "\x1b[?1047l"],
  "a hidden cursor": ["\x1b[?25l", "\x1b[?25h"],
  "a cursor of another shape": ["\x1b[5 q", "\x1b[0 q"],
  "mouse clicks": ["\x1b[?9h", "\x1b[?9l"],
  "mouse buttons": ["\x1b[?1000h", "\x1b[?1000l"],
  "the mouse and how it is told": ["\x1b[?1002;1006h", "\x1b[?1006l\x1b[?1002l"],
  "all of the mouse": ["\x1b[?1003h\x1b[?1015h\x1b[?1016h", "\x1b[?1016l\x1b[?1015l\x1b[?1003l"],
  "the focus": ["\x1b[?1004h", "\x1b[?1004l"],
  "bracketed paste": ["\x1b[?2004h", "\x1b[?2004l"],
  "application cursor keys": ["\x1b[?1h", "\x1b[?1l"],
  "the application keypad": ["\x1b=", "\x1b>"],
  "the application keypad, as a mode": ["\x1b[?66h", "\x1b[?66l"],
  "no wrapping of lines": ["\x1b[?7l", "\x1b[?7h"],
  "reverse video": ["\x1b[?5h", "\x1b[?5l"],
  "the origin mode": ["\x1b[?6h", "\x1b[?6l\x1b[999H"],
  "the insert mode": ["\x1b[4h", "\x1b[4l"],
  "a keyboard protocol": ["\x1b[>1u", "\x1b[<1u"],
  "two of them": ["\x1b[>1u\x1b[>15u", "\x1b[<2u"],
  "one that was set": ["\x1b[=5;1u", "\x1b[=0;1u"],
  "keys with modifiers": ["\x1b[>4;2m", "\x1b[>4m"],
  "bold": ["\x1b[1m", "\x1b[m"],
  "a colour": ["\x1b[38;5;0m", "\x1b[m"],
  "a colour by its parts": ["\x1b[0;48;2;0;0;0m", "\x1b[m"],
  "a colour with colons": ["\x1b[38:2::1:2:0m", "\x1b[m"],
  "a curly underline": ["\x1b[4:3m", "\x1b[m"],
  "a scrolling region": ["\x1b[5;20r", "\x1b7\x1b[r\x1b8"],
  "line drawing": ["\x1b(0", "\x1b(B"],
  "line drawing, in the second set": ["\x1b)0\x0e", "\x0f\x1b)B"],
  "output that is held back": ["\x1b[?2026h", "\x1b[?2026l"],
  "a title that was put away": ["\x1b[22;0;0t", "\x1b[23;0;0t"],
  "the middle of a title": ["\x1b]0;name", "\x1b\\"],
  "the middle of a sequence": ["\x1b[3", "\x1b\\"],
  "the beginning of one": ["\x1b", "\x1b\\"],
};

for (const [name, [on, undo]] of Object.entries(SWITCHED)) {
  Deno.test(`terminal modes: ${name} is taken back, however it was cut`, () => {
    assertEquals(undone(`text\r\n${on}`), undo);
  });
}

/** What switches nothing on, or takes it back by itself. */
const CLEAN: Record<string, string> = {
  "text": "text\r\n\t\x07\x7f äöü 世界 \x9b?25l",
  "the alternate screen, left": "\x1b[?1049h\x1b[?1049l",
  "the alternate screen, left otherwise": "\x1b[?1049h\x1b[?47l",
  "modes, reset together":
    "\x1b[?25l\x1b[?7l\x1b[?1;1000;2004h\x1b=\x1b[?1000;2004;1l\x1b[?7;25h\x1b>",
  "attributes, reset":
    "\x1b[1;31mred\x1b[0m\x1b[4m_\x1b[m\x1b[7m \x1b[27m\x1b[1m\x1b[22m\x1b[33m\x1b[39m",
  "a colour whose number is that of bold": "\x1b[38;5;1m\x1b[39m",
  "an underline of no kind": "\x1b[4:3m\x1b[4:0m",
  "a region, reset": "\x1b[5;20r\x1b[r\x1b[2;3r\x1b[;r",
  "a character set, reset": "\x1b(0qqq\x1b(B",
  "keyboards, popped": "\x1b[>1u\x1b[>3u\x1b[<2u\x1b[>1u\x1b[<u\x1b[=5u\x1b[=0u\x1b[<9u",
  "questions": "\x1b[?u\x1b[6n\x1b[c\x1b[?2026$p\x1b[>q\x1b[?4m\x1b[>c",
  "what only looks like a sequence": "\x1b]0;[?1049h\x07\x1bP[?25l\x1b\\[?1049h",
  "a sequence that was broken off": "\x1b[?25\x18l\x1b[?25\x1al\x1b[?1049\x1b[?25h",
  "a sequence longer than any": `\x1b[?${"1;".repeat(200)}25l`,
  "a saved cursor": "\x1b7\x1b[1m\x1b8\x1b[s\x1b[u",
  "all, reset": "\x1b[?1049h\x1b[?25l\x1b[>1u\x1b[1m\x1b(0\x1b[2;3r\x1b=\x1b[22t\x1bc",
  "what a soft reset resets": "\x1b[?25l\x1b[?1;6h\x1b=\x1b[1m\x1b(0\x1b[2;3r\x1b[4h\x1b[!p",
};

for (const [name, output] of Object.entries(CLEAN)) {
  Deno.test(`terminal modes: nothing is to be taken back of ${name}`, () => {
    assertEquals(undone(output), "");
  });
}

Deno.test("terminal modes: controls in the middle of a sequence do not end it", () => {
  assertEquals(undone("\x1b[?2\r\n5\x07l"), "\x1b[?25h");
  assertEquals(undone("\x1b\r[?25l"), "\x1b[?25h");
});

Deno.test("terminal modes: what belongs to the alternate screen is taken back before that", () => {
  const vim =
    "\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[1;24r\x1b[>1u\x1b[?25l\x1b[1m";
  assertEquals(
    undone(`\x1b[>3u${vim}`),
    "\x1b[m\x1b[r\x1b[<1u\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b>\x1b[?1l\x1b[>4m\x1b[<1u\x1b[23;0;0t",
  );
});

Deno.test("terminal modes: what was switched on can be switched on again, and taken back again", () => {
  const modes = new TerminalModes();
  modes.feed(
    bytes("\x1b[?1049h\x1b[?1h\x1b=\x1b[?1002;1006h\x1b[>1u\x1b[2;9r\x1b(0\x1b[22;2t\x1b[?25l"),
  );
  const undo = modes.undo();
  const redo = modes.redo();
  assertEquals(
    redo,
    "\x1b[22;2t\x1b[?1049h\x1b[2;9r\x1b[>1u\x1b[?1h\x1b=\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b(0",
  );
  const again = new TerminalModes();
  again.feed(bytes(redo));
  assertEquals(again.undo(), undo);
  // Of its own, what takes back leaves nothing.
  again.feed(bytes(undo));
  assertEquals([again.undo(), again.redo()], ["", ""]);
});

Deno.test("terminal modes: a new stream does not go on with the sequence that the last was cut in", () => {
  const modes = new TerminalModes();
  modes.feed(bytes("\x1b[?1049h\x1b[?25"));
  modes.beginStream();
  modes.feed(bytes("l"));
  assertEquals(modes.undo(), "\x1b[?1049l");
});

Deno.test("terminal modes: what is kept does not grow", () => {
  const modes = new TerminalModes();
  modes.feed(bytes("\x1b[>1u\x1b[22t\x1b[?25l\x1b[1m".repeat(10_000)));
  assertEquals(modes.undo().length < 400, true);
});
