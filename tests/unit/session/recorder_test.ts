import { assertEquals } from "@std/assert";
import { Recorder } from "../../../src/session/recorder.ts";
import { bytes } from "../../fakes/bytes.ts";

/** The text of the output that was recorded of these pieces. */
async function recorded(...pieces: Uint8Array[]): Promise<string[]> {
  const path = await Deno.makeTempFile();
  try {
    const recorder = new Recorder(path, { force: true, now: () => 0 });
    for (const piece of pieces) recorder.bytes("o", piece);
    recorder.close();
    const [, ...lines] = (await Deno.readTextFile(path)).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line)[2]);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a byte order mark is recorded wherever it comes", async () => {
  const mark = bytes("\ufeff");
  assertEquals(await recorded(mark, bytes("a"), mark, bytes("b")), ["\ufeff", "a", "\ufeff", "b"]);
});

Deno.test("a character that is cut waits for its rest, and is told as cut where none comes", async () => {
  const [first, ...rest] = bytes("é").map((byte) => byte);
  assertEquals(await recorded(bytes([first]), bytes(rest)), ["é"]);
  assertEquals(await recorded(bytes("a"), bytes([first])), ["a", "\ufffd"]);
});
