import { assertEquals } from "@std/assert";
import { openTail } from "../../../src/session/tail.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { ShownOutput } from "../../../src/session/shown_output.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { turns } from "../../fakes/turns.ts";

const out = (said: string): Payload => ({ stream: "stdout", bytes: bytes(said) });
const err = (said: string): Payload => ({ stream: "stderr", bytes: bytes(said) });
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join("");

/**
 * What a session begins with: its log as it is read one time after the other, its live output as it
 * comes between two readings, and what comes at the end.
 */
async function begin(
  lines: number,
  logs: Payload[][],
  live: Payload[][],
  rest: Payload[] = [],
): Promise<{ shown: string[]; read: number; pauses: number }> {
  let read = 0, pauses = 0;
  const queue: Payload[][] = [];
  let wake = () => {};
  const put = (payloads: Payload[]) => {
    queue.push(payloads);
    wake();
  };
  const come = async () => {
    const next = live.shift();
    if (next === undefined) return;
    put(next);
    // The reader has seen it when every turn that is due has passed.
    await new Promise((resolve) => setTimeout(resolve));
  };
  const readLive = async () => {
    while (queue.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return queue.shift()!;
  };
  const withTail = await openTail({
    lines,
    readLog: async () => {
      if (read > 0) await come();
      return logs[Math.min(read++, logs.length - 1)];
    },
    pause: () => Promise.resolve(pauses++),
  });
  const reader = await withTail(readLive, () => Promise.resolve(true));
  const first = await reader(new Uint8Array(1));
  put(rest);
  const then = rest.length > 0 ? await reader(new Uint8Array(1)) : [];
  const shown = [...first!, ...then!].map((payload) => `${payload.stream}: ${text(payload.bytes)}`);
  return { shown: join(shown), read, pauses };
}

/** Neighbours of one stream in one. */
function join(shown: string[]): string[] {
  const joined: string[] = [];
  for (const item of shown) {
    const [stream, said] = item.split(/(?<=^\w+: )/);
    if (joined.at(-1)?.startsWith(stream)) joined.push(joined.pop() + said);
    else joined.push(item);
  }
  return joined;
}

Deno.test("tail: a container that is silent is not waited for", async () => {
  const log = [out(numbers(1, 50))];
  const { shown, pauses, read } = await begin(3, [log], [], [out("51\n")]);
  assertEquals([shown, pauses, read], [["stdout: 48\n49\n50\n51\n"], 0, 2]);
});

Deno.test("tail: live output in the middle of what the log has is shown once", async () => {
  const { shown } = await begin(
    3,
    [[out(numbers(1, 20))], [out(numbers(1, 40))]],
    [[out(numbers(25, 30))]],
    [out(numbers(31, 45))],
  );
  assertEquals(shown, [`stdout: ${numbers(22, 45)}`]);
});

Deno.test("tail: live output that comes late is waited for", async () => {
  const { shown, pauses } = await begin(
    2,
    [[out(numbers(1, 20))], [out(numbers(1, 40))]],
    [[], [], [], [out(numbers(25, 26))]],
    [out(numbers(27, 45))],
  );
  assertEquals([shown, pauses], [[`stdout: ${numbers(23, 45)}`], 3]);
});

Deno.test("tail: a log that comes late is read again, and leaves no gap", async () => {
  const before = [out(numbers(1, 20))];
  const { shown } = await begin(
    2,
    [before, [out(numbers(1, 21))], [out(numbers(1, 27))]],
    [[out(numbers(25, 26))]],
    [out(numbers(27, 30))],
  );
  assertEquals(shown, [`stdout: ${numbers(23, 30)}`]);
});

Deno.test("tail: a flood that the log's end is too short for is read again, further back", async () => {
  const { shown } = await begin(
    2,
    [[out(numbers(1, 20))], [out(numbers(500, 600))], [out(numbers(10, 700))]],
    [[out(numbers(25, 800))]],
    [out(numbers(801, 802))],
  );
  assertEquals(shown, [`stdout: ${numbers(23, 802)}`]);
});

Deno.test("tail: a log that has lost its beginning in between", async () => {
  const { shown } = await begin(
    3,
    [[out(numbers(1, 20))], [out(numbers(11, 30))]],
    [[out(numbers(26, 31))]],
  );
  assertEquals(shown, [`stdout: ${numbers(23, 31)}`]);
});

Deno.test("tail: the same line again and again is counted", async () => {
  const ticks = (count: number) => [out("tick\n".repeat(count))];
  const { shown } = await begin(2, [ticks(5), ticks(8)], [ticks(3)], ticks(1));
  assertEquals(shown, [`stdout: ${"tick\n".repeat(2 + 4)}`]);
});

Deno.test("tail: stdout and stderr have a place each", async () => {
  const { shown } = await begin(
    6,
    [[out("a\n"), err("1\n")], [out("a\n"), err("1\n"), out("b\n"), err("2\n"), out("c\n")]],
    [[out("c\n"), err("2\n")]],
    [err("3\n")],
  );
  assertEquals(shown, [
    "stdout: a\n",
    "stderr: 1\n",
    "stdout: b\nc\n",
    "stderr: 2\n3\n",
  ]);
});

Deno.test("tail: live output that no log ever has, as a prompt, is not waited for without end", async () => {
  const { shown, pauses } = await begin(
    1,
    [[out("a\n")], [out("a\nb\n")]],
    [[out("/ # ")]],
    [out("ls\n")],
  );
  assertEquals([shown, pauses], [["stdout: b\n/ # ls\n"], 6]);
});

Deno.test("tail: live output that the log has with U+FFFD is shown once, and as it was written", async () => {
  const latin1 = (said: string): Payload => ({
    stream: "stdout",
    bytes: Uint8Array.from(said, (char) => char.charCodeAt(0)),
  });
  const lines = (from: number, to: number, word: string) =>
    numbers(from, to).replaceAll("\n", ` ${word}\n`);
  const logs = [lines(1, 20, "\ufffdt\ufffd"), lines(1, 40, "\ufffdt\ufffd")];
  const live = [latin1(lines(25, 30, "\xe9t\xe9")), latin1(lines(31, 45, "\xe9t\xe9"))];
  const { shown, pauses } = await begin(3, logs.map((log) => [out(log)]), [[live[0]]], [live[1]]);
  assertEquals([shown, pauses], [[`stdout: ${lines(22, 45, "\ufffdt\ufffd")}`], 0]);
});

Deno.test("tail: a look at the log that nobody waits for any more ends with the connection", async () => {
  const shown = new ShownOutput();
  shown.begin([], true);
  shown.add(out("abc"));
  let reads = 0;
  const pausing = Promise.withResolvers<AbortSignal>();
  const withTail = await openTail({
    lines: 0,
    readLog: () => Promise.resolve(reads++ < 10 ? [] : null),
    shown,
    pause: (_, signal) => {
      pausing.resolve(signal!);
      return new Promise<void>((resolve) => signal!.addEventListener("abort", () => resolve()));
    },
  });
  const closed = new AbortController();
  // The connection is cut, and the process runs on.
  const ends = [[], null];
  const read = await withTail(
    () => Promise.resolve(ends.shift() as Payload[] | null),
    () => Promise.resolve(false),
    closed.signal,
  );
  await read(new Uint8Array(1));
  assertEquals(await read(new Uint8Array(1)), null);
  assertEquals((await pausing.promise).aborted, false);
  const before = reads;
  closed.abort();
  await turns();
  assertEquals(reads, before);
});
