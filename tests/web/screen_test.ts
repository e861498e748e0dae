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

Deno.test("screen: whoever comes in between any two bytes sees the same in the end", async () => {
  const output = encode(
    "one\r\n\x1b[1;31mred é€😀\x1b[0m\r\n\x1b]0;a title\x07\x1b(Btwo\x1b[?25l\x1b[?1006h" +
      "\x1b[?1049h\x1b[2J\x1b[3;4Hfull\x1b[?1049l\r\n$ \x1b[?25hend",
  );
  const whole = new TextDecoder().decode((await shown(output)).snapshot());
  await Promise.all(Array.from({ length: output.length + 1 }, async (_, at) => {
    const [before, after] = [output.subarray(0, at), output.subarray(at)];
    const late = await shown((await shown(before)).snapshot(), after);
    assertEquals(new TextDecoder().decode(late.snapshot()), whole, `cut at ${at}`);
  }));
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
