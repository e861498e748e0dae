import { assertEquals } from "@std/assert";
import { rewriteBareLineFeeds } from "../../../src/terminal/bare_line_feeds.ts";
import { bytes, cuts, join, text } from "../../fakes/bytes.ts";
import { Random } from "../../fakes/random.ts";

/** Rewrites pieces, each behind the one before. */
function rewrite(pieces: readonly Uint8Array[]): string {
  let previous = 0;
  for (const piece of pieces) previous = rewriteBareLineFeeds(piece, previous);
  return text(join(pieces));
}

const OUTPUTS: Record<string, string> = {
  "A\nB\r\nC": "A\vB\r\nC",
  "\n": "\v",
  "\n\n\r\n\n": "\v\v\r\n\v",
  "\r\r\n": "\r\r\n",
  "a\rb\n": "a\rb\v",
  "no line feed\r\t\v": "no line feed\r\t\v",
  "": "",
};

for (const [output, expected] of Object.entries(OUTPUTS)) {
  Deno.test(`${JSON.stringify(output)} is shown as ${JSON.stringify(expected)}, at every cut`, () => {
    for (const pieces of cuts(bytes(output))) assertEquals(rewrite(pieces), expected);
  });
}

Deno.test("an empty piece does not make the carriage return before it forgotten", () => {
  assertEquals(rewriteBareLineFeeds(new Uint8Array(), 0x0d), 0x0d);
});

Deno.test("a line feed that was rewritten does not count as one for what follows", () => {
  // The last byte is told as it came, so that the next piece is judged by what was sent.
  assertEquals(rewriteBareLineFeeds(bytes("\n"), 0), 0x0a);
});

Deno.test("any output in any pieces: only line feeds behind no carriage return are rewritten", () => {
  const random = new Random();
  for (let round = 0; round < 500; round++) {
    const output = text(random.bytes(30, 4).map((byte) => [0x0a, 0x0d, 0x61, 0x0b][byte]));
    const pieces = random.pieces(bytes(output));
    const message = `seed ${random.seed}, round ${round}`;
    assertEquals(rewrite(pieces), output.replaceAll(/(?<!\r)\n/g, "\v"), message);
  }
});
