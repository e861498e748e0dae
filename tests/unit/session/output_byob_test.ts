/** Readers of output that bring their own buffers. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { payloadReader, type ReadPayloads } from "../../../src/session/output.ts";
import { outputStreams } from "../../../src/session/output_streams.ts";
import { bytes, cuts, frame, join, text } from "../../fakes/bytes.ts";
import { connectionPair, piecesConnection } from "../../fakes/connection_pair.ts";

/** Reads a stream to its end through one buffer of `size` bytes; each read's text. */
async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>, size: number) {
  const reader = stream.getReader({ mode: "byob" });
  const texts: string[] = [];
  for (let buffer = new Uint8Array(size);;) {
    const { value, done } = await reader.read(buffer);
    if (done) {
      assertEquals(value?.length, 0);
      return texts;
    }
    texts.push(text(value));
    buffer = new Uint8Array(value.buffer);
  }
}

Deno.test("stdout and stderr come apart into readers' own buffers, at every cut", async () => {
  const whole = join([frame(1, "out"), frame(2, "err"), frame(1, "!"), frame(2, "?")]);
  for (const pieces of cuts(whole)) {
    const { stdout, stderr } = outputStreams(payloadReader(piecesConnection(pieces), true), false);
    const read = await Promise.all([readAll(stdout!, 2), readAll(stderr!, 64)]);
    assertEquals(read.map((texts) => texts.join("")), ["out!", "err?"]);
  }
});

Deno.test("an end in the middle of what a reader's view counts is no other stream's error", async () => {
  const pieces = [join([frame(1, "abc"), frame(2, "err")])];
  const { stdout, stderr } = outputStreams(payloadReader(piecesConnection(pieces), true), false);
  const reader = stdout!.getReader({ mode: "byob" });
  const pairs = async () => {
    while (!(await reader.read(new Uint16Array(2))).done);
  };
  await assertRejects(pairs, TypeError);
  assertEquals((await readAll(stderr!, 64)).join(""), "err");
});

Deno.test("what does not fit into a reader's buffer comes with its next read, in order", async () => {
  const [client, server] = connectionPair();
  const { stdout } = outputStreams(payloadReader(client, false), true);
  const all = readAll(stdout!, 4);
  await server.send(bytes("0123456789"));
  await server.send(bytes("ab"));
  server.close();
  assertEquals((await all).join(""), "0123456789ab");
});

Deno.test("reads that were asked for at once are answered in their order", async () => {
  const [client, server] = connectionPair();
  const { stdout } = outputStreams(payloadReader(client, true), false);
  const reader = stdout!.getReader({ mode: "byob" });
  const reads = [1, 2, 3].map((size) => reader.read(new Uint8Array(size)));
  await server.send(join([frame(1, "ab"), frame(2, "-"), frame(1, "cdef")]));
  server.close();
  const values = await Promise.all(reads);
  assertEquals(values.map(({ value }) => text(value!)), ["a", "b", "cde"]);
});

Deno.test("output that goes into readers' buffers is read into one buffer", async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(900));
  const read = payloadReader(piecesConnection(lines.map(bytes)), false);
  const buffers = new Set<ArrayBufferLike>();
  const watched: ReadPayloads = (buffer) => {
    buffers.add(buffer.buffer);
    return read(buffer);
  };
  const { stdout } = outputStreams(watched, true);
  assertEquals((await readAll(stdout!, 64 * 1024)).join(""), lines.join(""));
  // It grows, as what is read does: to the largest size in three steps.
  assert(buffers.size <= 4, `${buffers.size} buffers`);
});

Deno.test("a stream that breaks fails a reader that waits with its buffer", async () => {
  const [client, server] = connectionPair();
  const { stdout } = outputStreams(payloadReader(client, true), false);
  const reading = stdout!.getReader({ mode: "byob" }).read(new Uint8Array(8));
  await server.send(bytes("not a frame"));
  await assertRejects(() => reading, Error, "not a multiplexed stream");
});
