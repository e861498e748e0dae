import { assertEquals } from "@std/assert";
import { JointCheck, type OpenLine } from "../../../src/session/joint_check.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";

const out = (said: string): Payload => ({ stream: "stdout", bytes: bytes(said) });

/** What is passed on of live output in the middle of a line, and how often something was said to be missing. */
async function passed(
  {
    log = "",
    whole = true,
    shown = "",
    begunBefore = false,
    lenient = false,
    logs,
    live,
    ends = false,
    encode = bytes,
  }: {
    log?: string;
    whole?: boolean;
    shown?: string;
    begunBefore?: boolean;
    lenient?: boolean;
    /** The log, as it is read one time after the other; null where it cannot be read. */
    logs: (string | null)[];
    live: string[];
    /** Whether the output ends then. */
    ends?: boolean;
    /** What the process's text is in bytes. */
    encode?: (text: string) => Uint8Array;
  },
): Promise<{ text: string; missing: number; reads: number }> {
  const line: OpenLine = {
    stream: "stdout",
    log: bytes(log),
    whole,
    shown: encode(shown),
    begunBefore,
  };
  let missing = 0, reads = 0;
  const check = new JointCheck({
    lines: [line],
    readLog: (attempt) => {
      const read = logs[attempt];
      reads++;
      return Promise.resolve(read == null ? null : { log: [out(read)], whole: true });
    },
    lenient,
    onMissing: () => void missing++,
  });
  const all: Payload[] = [];
  for (const piece of live) {
    all.push(...await check.pass([{ stream: "stdout", bytes: encode(piece) }]));
  }
  if (ends) all.push(...(await check.end())());
  return { text: all.map(({ bytes }) => text(bytes)).join(""), missing, reads };
}

const fine = (text: string, reads = 1) => ({ text, missing: 0, reads });
const lost = (text: string, reads = 1) => ({ text, missing: 1, reads });

Deno.test("joint: a line that is whole is passed on, and nothing is looked at behind it", async () => {
  const logs = ["1\namount: 100 EUR\nnext\n"];
  const shown = { log: "1\n", shown: "amount: ", logs };
  assertEquals(
    await passed({ ...shown, live: ["100 EUR\n", "more", "\n"] }),
    fine("100 EUR\nmore\n"),
  );
  assertEquals(await passed({ ...shown, live: ["100", " EUR\n"] }), fine("100 EUR\n"));
  assertEquals(await passed({ log: "1\n", logs: ["1\n2\n"], live: ["2\n3\n"] }), fine("2\n3\n"));
});

Deno.test("joint: what is missing is put in where nothing of the line came live before", async () => {
  const shown = { log: "1\n", shown: "amount: ", logs: ["1\namount: 100000 EUR\n"] };
  assertEquals(await passed({ ...shown, live: ["00 EUR\nnext\n"] }), fine("100000 EUR\nnext\n"));
  assertEquals(await passed({ ...shown, live: ["00", " EUR\n"] }), lost("00 EUR\n"));
  const first = { logs: ["ab\n"], live: ["b\n"] };
  assertEquals(await passed(first), fine("ab\n"), "nothing was shown of it at all");
});

Deno.test("joint: what is put in with U+FFFD may be something else, and is told", async () => {
  const shown = { log: "1\n", shown: "caf", logs: ["1\ncaf\ufffd au lait\n"] };
  assertEquals(await passed({ ...shown, live: [" au lait\n"] }), lost("\ufffd au lait\n"));
});

Deno.test("joint: a line that is another one is told, in a place that is known", async () => {
  assertEquals(
    await passed({ log: "1\n", shown: "a", logs: ["1\nx b\n"], live: ["b\n"] }),
    lost("b\n"),
  );
  const repeated = { log: "y\n", shown: "a", logs: ["y\na1b\ny\na2b\n"], live: ["b\n"] };
  assertEquals(await passed(repeated), lost("b\n"), "one of two");
});

Deno.test("joint: a log that comes later is waited for, and one that does not come is not", async () => {
  const shown = { log: "1\n", shown: "a", live: ["b\n"] };
  assertEquals(await passed({ ...shown, logs: ["1\n", "1\n", "1\nab\n"] }), fine("b\n", 3));
  assertEquals(await passed({ ...shown, logs: ["1\n", null] }), lost("b\n", 2));
  assertEquals(await passed({ ...shown, logs: [null], lenient: true }), fine("b\n"));
  assertEquals(await passed({ ...shown, shown: "", logs: [null] }), fine("b\n"));
});

Deno.test("joint: a line that had begun before anything was shown has an end that is", async () => {
  const prompt = { log: "1\n", shown: "l", begunBefore: true };
  assertEquals(await passed({ ...prompt, logs: ["1\n$ ls\n"], live: ["s\n"] }), fine("s\n"));
  assertEquals(await passed({ ...prompt, logs: ["1\n$ lxs\n"], live: ["s\n"] }), lost("s\n"));
});

Deno.test("joint: Podman's log has a line in pieces, each as one of its own", async () => {
  const shown = { log: "1\n$ \n", shown: "$ " };
  assertEquals(await passed({ ...shown, logs: ["1\n$ \nls\n"], live: ["ls\n"] }), fine("ls\n"));
  assertEquals(await passed({ ...shown, logs: ["1\n$ \nl\ns\n"], live: ["s\n"] }), lost("s\n"));
});

Deno.test("joint: the output's end is one of a line, too", async () => {
  const shown = { log: "1\n", shown: "a", ends: true };
  assertEquals(await passed({ ...shown, logs: ["1\nab"], live: [] }), fine("b"));
  assertEquals(await passed({ ...shown, logs: ["1\nab"], live: ["b"] }), fine("b"));
  assertEquals(await passed({ ...shown, logs: ["1\naxb"], live: ["b"] }), lost("b"));
  assertEquals(await passed({ ...shown, shown: "", logs: ["1\n"], live: [] }), fine(""));
});

Deno.test("joint: a place among lines that repeat themselves is found by what comes there", async () => {
  const ticks = "tick\n".repeat(5000);
  const shown = { log: ticks, logs: [`${ticks}tock\n`] };
  assertEquals(await passed({ ...shown, live: ["tock\n"] }), fine("tock\n"));
  const followed = { log: ticks, logs: [`${ticks}tock\n${ticks}`] };
  assertEquals(await passed({ ...followed, live: ["tock\n"] }), fine("tock\n"));
  assertEquals(await passed({ ...shown, shown: "t", live: ["ick!\n"] }), lost("ick!\n"));
});

Deno.test("joint: the first line that is seen of a stream need not be its first", async () => {
  const quiet = { whole: false, begunBefore: true, logs: ["starting\noops\n"] };
  assertEquals(await passed({ ...quiet, live: ["oops\n"] }), fine("oops\n"));
  // It cannot be told, and nothing of it was shown.
  assertEquals(await passed({ ...quiet, live: ["other\n"] }), fine("other\n"));
  const cut = { whole: false, shown: "o", logs: ["starting\noxps\n", null] };
  assertEquals(await passed({ ...cut, live: ["ps\n"] }), lost("ps\n", 2));
});

Deno.test("joint: at the end a log that does not have the line yet is waited for", async () => {
  const shown = { log: "1\n", shown: "abc", ends: true, live: [] };
  assertEquals(await passed({ ...shown, logs: ["1\n", "1\nabc"] }), fine("", 2));
  assertEquals(await passed({ ...shown, logs: ["1\n", "1\nabcd"] }), fine("d", 2));
});

Deno.test("joint: what is found at an end that is none is not told", async () => {
  let missing = 0;
  const check = new JointCheck({
    lines: [{
      stream: "stdout",
      log: bytes("1\n"),
      whole: true,
      shown: bytes("a"),
      begunBefore: false,
    }],
    readLog: () => Promise.resolve({ log: [out("1\nxyz\n")], whole: true }),
    lenient: false,
    onMissing: () => void missing++,
  });
  const tell = await check.end();
  assertEquals([missing, check.isOver], [0, false]);
  tell();
  assertEquals([missing, check.isOver], [1, true]);
});

Deno.test("joint: a line that does not end is compared with the pieces that the log has of it", async () => {
  const [first, second] = ["x".repeat(16_384), "y".repeat(16_384)];
  const shown = { log: "1\n", shown: "a" };
  const live = [first, second, "z"];
  const all = live.join("");
  const logged = `1\na${first}${second}`;
  assertEquals(await passed({ ...shown, logs: [logged], live }), fine(all));
  assertEquals(await passed({ ...shown, logs: ["1\na", logged], live }), fine(all, 2));
  assertEquals(await passed({ ...shown, logs: [`1\na!${first}${second}`], live }), lost(all));
  assertEquals(await passed({ ...shown, logs: [null], live }), lost(all));
  assertEquals(await passed({ ...shown, logs: [null], live, lenient: true }), fine(all));
  assertEquals(await passed({ ...shown, logs: [], live, begunBefore: true }), fine(all, 0));
});

/** What is not UTF-8 where it is not ASCII. */
const latin1 = (said: string) => Uint8Array.from(said, (char) => char.charCodeAt(0));

Deno.test("joint: a line that is not UTF-8 is what the log has with U+FFFD", async () => {
  const shown = { log: "\ufffd\n", shown: "caf\xe9 \xe0 ", encode: latin1 };
  const logs = ["\ufffd\ncaf\ufffd \ufffd la cr\ufffdme\n"];
  assertEquals(
    await passed({ ...shown, logs, live: ["la cr\xe8", "me\n"] }),
    fine("la cr\ufffdme\n"),
  );
  assertEquals(await passed({ ...shown, logs, live: ["la ", "me\n"] }), lost("la me\n"));
  const begun = { ...shown, shown: "\xe9 \xe0 ", begunBefore: true, logs };
  assertEquals(await passed({ ...begun, live: ["la cr\xe8me\n"] }), fine("la cr\ufffdme\n"));
  // What is missing is put in.
  assertEquals(await passed({ ...shown, logs, live: ["cr\xe8me\n"] }), fine("la cr\ufffdme\n"));
});

Deno.test("joint: a long line is what the log has of it, with U+FFFD where it was cut", async () => {
  const line = "é".repeat(20_000) + "\n";
  // Behind one byte more, the log's pieces end within a character.
  const cut = ["é".repeat(8191), "é".repeat(8191), "é".repeat(20_000 - 2 * 8192)];
  const logs = [`1\nx${cut.join("\ufffd\ufffd")}\n`];
  for (const begunBefore of [false, true]) {
    const shown = { log: "1\n", shown: `x${line.slice(0, 9000)}`, begunBefore };
    const live = [line.slice(9000)], lacking = [line.slice(9001)];
    assertEquals(await passed({ ...shown, logs, live }), fine(live[0]));
    assertEquals(
      (await passed({ ...shown, logs, live: lacking })).missing,
      begunBefore ? 1 : 0,
    );
  }
});
