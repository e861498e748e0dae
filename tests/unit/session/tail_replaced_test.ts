/** Coming back behind a log that has U+FFFD where a process wrote what is not UTF-8. */
import { assertEquals } from "@std/assert";
import { ShownOutput } from "../../../src/session/shown_output.ts";
import { logBehind, openTail } from "../../../src/session/tail.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";

const out = (said: string): Payload => ({ stream: "stdout", bytes: bytes(said) });

/** Output of which this was shown from its beginning on. */
function shownOf(said: string): ShownOutput {
  const shown = new ShownOutput();
  shown.begin([], true);
  shown.add(out(said));
  return shown;
}

/** What comes first of a session that is come back to, and whether something is missing. */
async function back(said: string, log: string) {
  const shown = shownOf(said);
  const readLog = () => Promise.resolve([out(log)]);
  const withTail = await openTail({ lines: 0, readLog, shown, pause: () => Promise.resolve() });
  const read = await withTail(() => new Promise(() => {}), () => Promise.resolve(false));
  const first = (await read(new Uint8Array(1)))!.map(({ bytes }) => text(bytes)).join("");
  const ended = shownOf(said);
  // Where the container has ended in between it is the same.
  assertEquals((await logBehind(ended, readLog)).map(({ bytes }) => text(bytes)).join(""), first);
  assertEquals(ended.isMissing, shown.isMissing);
  return { first, missing: shown.isMissing };
}

Deno.test("replaced: what the log has in place of other bytes is shown, and told to be missing", async () => {
  assertEquals(await back("1\n", "1\n\ufffdt\ufffd\n"), {
    first: "\ufffdt\ufffd\n",
    missing: true,
  });
  assertEquals(await back("1\n", "1\nété\n"), { first: "été\n", missing: false });
});

Deno.test("replaced: what was shown live is not told to be missing", async () => {
  assertEquals(await back("\ufffd\n", "\ufffd\n2\n"), { first: "2\n", missing: false });
  assertEquals(await back("\ufffd\n", "\ufffd\n"), { first: "", missing: false });
});
