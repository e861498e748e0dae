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

/** The same, of a session that was opened where a line may have begun: what comes live is behind that. */
function joined(log: Payload[], { picked = [], live }: { picked?: Payload[]; live: Payload[] }) {
  const output = new ShownOutput();
  output.begin(log, true);
  output.joinsAfter(picked, true);
  for (const payload of [...picked, ...live]) output.add(payload);
  return output;
}

Deno.test("shown: a prompt from before an attach is not missed", () => {
  const output = joined([], { live: [out("echo hi\r\nhi\r\n/ # ")] });
  assertEquals(behind(output, [out("/ # echo hi\r\nhi\r\n")]), "");
  assertEquals(behind(output, [out("/ # echo hi\r\nhi\r\n/ # ls\r\nbin\r\n")]), "ls\r\nbin\r\n");
  const log = [out("welcome\n")];
  assertEquals(
    behind(joined(log, { live: [out("a\nb\n")] }), [out("welcome\n/ # a\nb\nc\n")]),
    "c\n",
  );
});

Deno.test("shown: of a line that began before an attach and is not ended yet", () => {
  const log = [out("welcome\n")];
  const output = joined(log, { live: [out("echo")] });
  assertEquals(behind(output, log), "");
  assertEquals(behind(output, [out("welcome\n/ # echo hi\nhi\n")]), " hi\nhi\n");
  // Which of the two was shown, nobody knows.
  assertEquals(behind(output, [out("welcome\n> echo echo hi\n")]), undefined);
  assertEquals(behind(output, [out("welcome\nsomething else\n")]), undefined);
  assertEquals(behind(joined(log, { live: [] }), [out("welcome\n/ # echo hi\n")]), "/ # echo hi\n");
  assertEquals(behind(joined([], { live: [out("echo")] }), [out("/ # echo hi\n")]), " hi\n");
});

Deno.test("shown: the log's last lines, and the line that follows them", () => {
  const log = [out("1\n")];
  const output = joined(log, { picked: [out("2\n"), out("3\n")], live: [out("x\n4\n")] });
  assertEquals(behind(output, [out("1\n2\n3\nhidden x\n4\n5\n")]), "5\n");
});

Deno.test("shown: a second loss, behind a prompt that was written in between", () => {
  const output = shown([out("/ # sleep\r\n")]);
  assertEquals(behind(output, [out("/ # sleep\r\ndone\r\n")]), "done\r\n");
  // What is written out of the log, and then live: its prompt was not seen.
  output.joinsAfter([out("done\r\n")], true);
  output.add(out("done\r\n"));
  output.add(out("ls\r\nbin\r\n/ # "));
  const log = "/ # sleep\r\ndone\r\n/ # ls\r\nbin\r\n";
  assertEquals(behind(output, [out(log)]), "");
  assertEquals(behind(output, [out(`${log}/ # id\r\nroot\r\n`)]), "id\r\nroot\r\n");
});

Deno.test("shown: behind a gap, only what was shown since is looked for", () => {
  const output = shown([out("1\n2\n")]);
  output.joinsAfter([], false);
  output.add(out("7"));
  assertEquals(behind(output, [out("5\n6\n77\n")]), undefined);
  output.add(out("7\n8\n"));
  assertEquals(behind(output, [out("5\n6\n77\n8\n9\n")]), "9\n");
});

Deno.test("shown: what may be the end, or an earlier place, is not found for sure", () => {
  const output = shown([out("x\n$ ")], [out("lost\n")], false);
  assertEquals(behind(output, [out("...x\n$ x\n")], false), undefined);
});

Deno.test("shown: a line that repeats itself, and had begun before, is not found for sure", () => {
  const dots = (count: number) => ".".repeat(count);
  const output = joined([out("tests:\n")], { live: [out(dots(10))] });
  assertEquals(behind(output, [out("tests:\n")]), "");
  assertEquals(behind(output, [out(`tests:\n${dots(25)}\n`)]), undefined);
  output.add(out(`${dots(5)}\n`));
  assertEquals(behind(output, [out(`tests:\n${dots(25)}\nok\n`)]), "ok\n");
});

Deno.test("shown: a second loss behind which nothing was written", () => {
  const output = joined([], { live: [out("echo hi\r\nhi\r\n/ # ")] });
  const log = "/ # echo hi\r\nhi\r\n";
  for (let loss = 0; loss < 3; loss++) {
    assertEquals(behind(output, [out(log)]), "");
    output.joinsAfter([], true);
  }
  output.add(out("ls\r\nbin\r\n/ # "));
  assertEquals(behind(output, [out(`${log}/ # ls\r\nbin\r\n`)]), "");
  output.joinsAfter([], true);
  const more = `${log}/ # ls\r\nbin\r\n/ # id\r\nroot\r\n`;
  assertEquals(behind(output, [out(more)]), "/ # id\r\nroot\r\n");
});

/** Output that is not UTF-8 where it is not ASCII. */
const latin1 = (said: string): Payload => ({
  stream: "stdout",
  bytes: Uint8Array.from(said, (char) => char.charCodeAt(0)),
});

/** What a log has behind such output, wherever that came in pieces. */
function behindPieces(pieces: Payload[], log: string, whole: boolean): string | undefined {
  const output = new ShownOutput();
  output.begin([], true);
  for (const piece of pieces) output.add(piece);
  return behind(output, [out(log)], whole);
}

Deno.test("shown: what is not UTF-8 is where the log has U+FFFD", () => {
  for (const whole of [true, false]) {
    const log = "\ufffdt\ufffd\ncaf\ufffd\n";
    const pieces = [latin1("\xe9t"), latin1("\xe9\nca"), latin1("f\xe9\n")];
    assertEquals(behindPieces(pieces, log, whole), "");
    assertEquals(behindPieces(pieces, `${log}next \ufffd\n`, whole), "next \ufffd\n");
    assertEquals(behindPieces([...pieces, latin1("ne")], `${log}next\n`, whole), "xt\n");
  }
  // The same again and again, which U+FFFD has more bytes of.
  const lines = latin1("\xe9\n".repeat(5));
  assertEquals(behindPieces([lines], "\ufffd\n".repeat(8), true), "\ufffd\n".repeat(3));
  assertEquals(behindPieces([lines], "\ufffd\n".repeat(8), false), undefined);
});

Deno.test("shown: U+FFFD that was shown, and came in pieces, counts as the log's", () => {
  const whole = bytes("\ufffd\n".repeat(5));
  for (let at = 0; at <= whole.length; at++) {
    const pieces: Payload[] = [
      { stream: "stdout", bytes: whole.subarray(0, at) },
      { stream: "stdout", bytes: whole.subarray(at) },
    ];
    assertEquals(behindPieces(pieces, "\ufffd\n".repeat(8), true), "\ufffd\n".repeat(3));
  }
});

Deno.test("shown: a character that has only begun is in the log whole, or as U+FFFD", () => {
  const pieces = [latin1("\xe9\na\xc3")];
  for (const whole of [true, false]) {
    const output = new ShownOutput();
    output.begin([], true);
    for (const piece of pieces) output.add(piece);
    const rest = output.behind([out("\ufffd\naé\n")], whole);
    assertEquals(rest?.map(({ bytes }) => [...bytes]), [[0xa9, 0x0a]]);
    assertEquals(behindPieces(pieces, "\ufffd\na\ufffdb\n", whole), "b\n");
    assertEquals(behindPieces(pieces, "\ufffd\nab\n", whole), undefined);
  }
});

Deno.test("shown: a long line is found where the log has cut characters of it", () => {
  const lines = Array.from({ length: 4 }, (_, index) => `${index}${"é".repeat(20_000)}\n`);
  const shown = lines.join("");
  const cut = ["é".repeat(8191), "é".repeat(8191), "é".repeat(20_000 - 2 * 8192)];
  const log = lines.map((line) => `${line[0]}${cut.join("\ufffd\ufffd")}\n`).join("");
  for (const whole of [true, false]) {
    assertEquals(behindPieces([out(shown)], `${log}next\n`, whole), "next\n");
    const pieces = [out(shown), out("next")];
    assertEquals(behindPieces(pieces, `${log}next one\n`, whole), " one\n");
  }
});
