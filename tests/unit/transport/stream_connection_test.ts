import { assertEquals, assertRejects } from "@std/assert";
import { streamConnection } from "../../../src/transport/stream_connection.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { settled, turns } from "../../fakes/turns.ts";

/** A connection over two streams, with both far ends. */
function open() {
  const incoming = new TransformStream<Uint8Array, Uint8Array>();
  const outgoing = new TransformStream<Uint8Array, Uint8Array>();
  return {
    connection: streamConnection(incoming.readable, outgoing.writable, () => {}),
    sending: incoming.writable.getWriter(),
    receiving: outgoing.readable.getReader(),
  };
}

Deno.test("a piece that is larger than the buffer is read in parts, and nothing is lost", async () => {
  const { connection, sending } = open();
  sending.write(bytes("abcdef"));
  sending.write(bytes(""));
  sending.write(bytes("gh"));
  sending.close();
  const buffer = new Uint8Array(4);
  const read = [];
  for (let count; (count = await connection.read(buffer)) !== null;) {
    read.push(text(buffer.subarray(0, count)));
  }
  assertEquals(read, ["abcd", "ef", "gh"]);
});

Deno.test("what is written arrives, though its buffer is used again at once", async () => {
  const { connection, receiving } = open();
  const buffer = bytes("typed");
  const writing = connection.write(buffer);
  const received = receiving.read();
  assertEquals(await writing, 5);
  buffer.fill(0x58);
  assertEquals(text((await received).value!), "typed");
});

Deno.test("a write waits while the far side does not read", async () => {
  const { connection, receiving } = open();
  const writing = connection.write(bytes("typed"));
  assertEquals(await settled(writing), false);
  await receiving.read();
  assertEquals(await writing, 5);
});

Deno.test("the end of writing is the far side's end, and reading goes on", async () => {
  const { connection, sending, receiving } = open();
  const end = receiving.read();
  await connection.closeWrite();
  assertEquals((await end).done, true);
  sending.write(bytes("late"));
  assertEquals(await connection.read(new Uint8Array(8)), 4);
});

Deno.test("a far side that fails fails the reads and writes", async () => {
  const { connection, sending, receiving } = open();
  sending.abort(new Error("broken"));
  await assertRejects(() => connection.read(new Uint8Array(1)), Error, "broken");
  receiving.cancel(new Error("gone"));
  await turns();
  await assertRejects(() => connection.write(bytes("x")), Error, "gone");
});

Deno.test("closing ends both streams, and frees what is behind them", async () => {
  const log: string[] = [];
  const connection = streamConnection(
    new ReadableStream({ cancel: () => void log.push("cancelled") }),
    new WritableStream({
      abort: () => void log.push("ended"),
      close: () => void log.push("ended"),
    }),
    () => log.push("freed"),
  );
  connection.close();
  await turns();
  assertEquals(log.toSorted(), ["cancelled", "ended", "freed"]);
  await assertRejects(() => connection.write(bytes("x")));
});

Deno.test("closing fails a read that waits", async () => {
  const { connection } = open();
  const reading = assertRejects(() => connection.read(new Uint8Array(1)));
  connection.close();
  await reading;
});
