import { assertEquals } from "@std/assert";
import { ShownOutput } from "../../../src/session/shown_output.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";

const out = (said: string): Payload => ({ stream: "stdout", bytes: bytes(said) });
const err = (said: string): Payload => ({ stream: "stderr", bytes: bytes(said) });

/** Output of which these pieces were shown, behind a log. */
function shown(pieces: Payload[], log: Payload[] = [], whole = true): ShownOutput {
  const output = new ShownOutput();
  output.begin(log, whole);
  const passed: string[] = [];
  const sink = { write: (bytes: Uint8Array) => void passed.push(text(bytes)) };
  const sinks = output.through({ stdout: sink, stderr: sink });
  for (const { stream, bytes } of pieces) sinks[stream].write(bytes);
  assertEquals(passed, pieces.map(({ bytes }) => text(bytes)));
  return output;
}

/** What a log has behind it, as text with the streams' names. */
function behind(output: ShownOutput, log: Payload[], whole = true): string | undefined {
  return output.behind(log, whole)
    ?.map(({ stream, bytes }) => `${stream === "stdout" ? "" : "!"}${text(bytes)}`).join("");
}

Deno.test("shown: what a log has behind it, of each stream by itself", () => {
  const output = shown([out("1\n"), err("a\n"), out("2\n")]);
  const log = [out("1\n2\n"), err("a\n"), out("3\n"), err("b\n"), out("4\n")];
  assertEquals(behind(output, log), "3\n!b\n4\n");
  assertEquals(behind(output, log.slice(0, 2)), "");
});

Deno.test("shown: nothing was shown, and the log is whole: all of it is behind", () => {
  assertEquals(behind(shown([]), [out("1\n")]), "1\n");
  assertEquals(behind(shown([]), []), "");
  // Without its beginning, nobody knows.
  assertEquals(behind(shown([]), [out("1\n")], false), undefined);
  assertEquals(behind(shown([], [], false), [out("1\n")]), undefined);
});

Deno.test("shown: the same again and again is counted where the log is whole, and else not found", () => {
  const output = shown([out("y\n".repeat(5))]);
  assertEquals(behind(output, [out("y\n".repeat(8))]), "y\n".repeat(3));
  assertEquals(behind(output, [out("y\n".repeat(8))], false), undefined);
  assertEquals(behind(output, [out("y\n".repeat(5))], false), "");
});

Deno.test("shown: a line that has only begun is in no log until it is whole", () => {
  const output = shown([out("done\n$ ")]);
  assertEquals(behind(output, [out("done\n")]), "");
  assertEquals(behind(output, [out("done\n$ ls\nfile\n")]), "ls\nfile\n");
  assertEquals(behind(output, [out("x\ndone\n")], false), "");
  assertEquals(behind(output, [out("x\ndone\n$ ls\n")], false), "ls\n");
  // What comes behind another line's end is not the line that was begun.
  assertEquals(behind(output, [out("done\nmore\n")], false), undefined);
  assertEquals(behind(shown([out("$ ")]), []), "");
});

Deno.test("shown: a log that lags behind, or has lost its beginning", () => {
  const output = shown([out("1\n2\n3\n")]);
  assertEquals(behind(output, [out("1\n2\n")]), undefined);
  assertEquals(behind(output, [out("2\n3\n4\n")]), undefined);
  const long = Array.from({ length: 30_000 }, (_, index) => `${index}\n`).join("");
  assertEquals(behind(shown([out(long)]), [out(`${long.slice(-80_000)}next\n`)]), "next\n");
});

Deno.test("shown: the log that a session began behind counts", () => {
  const log = [out("$ a\n$ b\n")];
  assertEquals(behind(shown([out("$ ")], log), [out("$ a\n$ b\n$ c\n$ d\n")]), "c\n$ d\n");
  assertEquals(behind(shown([out("$ ")], log, false), [out("$ b\n$ c\n$ d\n")], false), undefined);
  assertEquals(behind(shown([], log, false), [out("$ a\n$ b\n$ c\n")], false), "$ c\n");
});

Deno.test("shown: pieces of any size keep the end that is looked for", () => {
  const whole = Array.from({ length: 40_000 }, (_, index) => `${index}\n`).join("");
  const output = new ShownOutput();
  output.begin([], false);
  const sink = { write() {} };
  const { stdout } = output.through({ stdout: sink, stderr: sink });
  for (let at = 0, size = 1; at < whole.length; at += size, size = size * 7 % 100_003) {
    stdout.write(bytes(whole.slice(at, at + size)));
  }
  assertEquals(behind(output, [out(`${whole}next\n`)], false), "next\n");
});
