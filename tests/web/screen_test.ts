/** The screen that a page gets which comes in the middle. */
import { assertEquals } from "@std/assert";
import { incompleteTail, Screen } from "../../examples/web_terminal/screen.ts";

const size = { rows: 6, columns: 20 };
const encode = (text: string) => new TextEncoder().encode(text);

async function shown(...outputs: Uint8Array[]): Promise<Screen> {
  const screen = new Screen(size);
  for (const output of outputs) await screen.write(output, () => {});
  return screen;
}

async function assertSameFromAnywhere(text: string): Promise<void> {
  const output = encode(text);
  const whole = new TextDecoder().decode((await shown(output)).snapshot());
  await Promise.all(Array.from({ length: output.length + 1 }, async (_, at) => {
    const [before, after] = [output.subarray(0, at), output.subarray(at)];
    const late = await shown((await shown(before)).snapshot(), after);
    assertEquals(new TextDecoder().decode(late.snapshot()), whole, `cut at ${at}`);
  }));
}

Deno.test("screen: whoever comes in between any two bytes sees the same in the end", async () => {
  await assertSameFromAnywhere(
    "one\r\n\x1b[1;31mred é€😀\x1b[0m\r\n\x1b]0;a title\x07\x1b(Btwo\x1b[?25l\x1b[?1006h" +
      "\x1b[?1049h\x1b[2J\x1b[3;4Hfull\x1b[?1049l\r\n$ \x1b[?25hend",
  );
});

for (
  const [what, output] of [
    [
      "a part of the screen that scrolls",
      "\x1b[6;1Hstatus\x1b[1;5r\x1b[4;1Ha\r\nb\r\nc\r\nd\x1b[r.",
    ],
    ["the same until a soft reset", "1\r\n2\x1b[2;3r\x1b[3;1Ha\r\nb\x1b[!p\x1b[6;1Hc\r\nd"],
    ["the same until a full reset", "1\r\n2\x1b[2;3r\x1b[3;1Ha\r\nb\x1bc\x1b[6;1Hc\r\nd"],
    [
      "the same of a full-screen program",
      "$\x1b[?1049h\x1b[2;4r\x1b[4;1Ha\nb\nc",
    ],
    [
      "positions from where that begins",
      "\x1b[2;5r\x1b[?6h\x1b[2;3Ha\x1b[1;1Hb\nc\x1b[?6l\x1b[1;1Hd",
    ],
    ["lines and corners", "a\x1b(0lqk\x1b(Bx\x1b(0mqj\x1b[!px"],
    [
      "lines and corners in another set",
      "\x1b)0x\x0ex\x0fx\x1b*0\x1bnx\x1b+0\x1box\x1b+Bx\x0fx\x0ex",
    ],
    ["a saved cursor", "a\r\nb\x1b7\x1b[5;5Hc\x1b8d\x1b[H\x1b8e"],
    ["tab stops", "\x1b[3g\x1b[1;4H\x1bH\x1b[1;9H\x1bH\ra\tb\tc\x1b[g\rd\te\tf"],
    ["a full line while a part scrolls", "\x1b[1;3r\x1b[3;1H\x1b[32m12345678901234567890b"],
    [
      "a full line at the end of it",
      "a\x1b[?6h\x1b[2;6r\x1b[5;1H\x1b[7m12345678901234567890b\x1b[mc",
    ],
  ]
) {
  Deno.test(`screen: whoever comes later has ${what}, too`, () => assertSameFromAnywhere(output));
}

Deno.test("screen: a size that is set ends what was set of it", async () => {
  const screen = await shown(encode("\x1b[2;3r"));
  screen.size = { rows: 7, columns: 20 };
  assertEquals(new TextDecoder().decode(screen.snapshot()).includes("r"), false);
});

Deno.test("screen: a full line of a full-screen program keeps its colours", async () => {
  const before = "\x1b[?1049h\x1b[1;5r\x1b[2;1H\x1b[31m12345678901234567890";
  const late = await shown((await shown(encode(before))).snapshot(), encode("\r\nx"));
  const whole = await shown(encode(`${before}\r\nx`));
  assertEquals(late.snapshot(), whole.snapshot());
});

Deno.test("screen: byte by byte is the same, too", async () => {
  const output = Array.from(
    encode("\x1b]0;title\x07\x1b[38;5;12mé"),
    (byte) => Uint8Array.of(byte),
  );
  const whole = (await shown(...output)).snapshot();
  await Promise.all(Array.from({ length: output.length + 1 }, async (_, at) => {
    const late = await shown((await shown(...output.slice(0, at))).snapshot(), ...output.slice(at));
    assertEquals(late.snapshot(), whole, `cut at ${at}`);
  }));
});

Deno.test("screen: what was not whole before a long output is no part of its end", () => {
  const long = encode(`le\x07${"x".repeat(300)}`);
  assertEquals(incompleteTail(long, encode("\x1b]0;tit")), new Uint8Array());
});

Deno.test("screen: keeps no more than so many lines", async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}\r\n`);
  const text = new TextDecoder().decode((await shown(encode(lines.join("")))).snapshot());
  assertEquals(text.split("\r\n").length, 1000 + size.rows);
  assertEquals(text.includes("line 4999"), true);
});
