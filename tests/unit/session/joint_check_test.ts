import { assertEquals } from "@std/assert";
import { JointCheck, type OpenLine } from "../../../src/session/joint_check.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";

const out = (said: string): Payload => ({ stream: "stdout", bytes: bytes(said) });

/** What is passed on of live output in the middle of a line, and how often something was said to be missing. */
async function passed(
  { log = "", shown = "", begunBefore = false, lenient = false, logs, live, ends = false }: {
    log?: string;
    shown?: string;
    begunBefore?: boolean;
    lenient?: boolean;
    /** The log, as it is read one time after the other; null where it cannot be read. */
    logs: (string | null)[];
    live: string[];
    /** Whether the output ends then. */
    ends?: boolean;
  },
): Promise<{ text: string; missing: number; reads: number }> {
  const line: OpenLine = { stream: "stdout", log: bytes(log), shown: bytes(shown), begunBefore };
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
  for (const piece of live) all.push(...await check.pass([out(piece)]));
  if (ends) all.push(...await check.end());
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

Deno.test("joint: a line that is too long to be in one piece of a log is told", async () => {
  const long = "x".repeat(17_000);
  const line = await passed({ log: "1\n", shown: "a", logs: [], live: [long, "\n"] });
  assertEquals(line, lost(`${long}\n`, 0));
});
