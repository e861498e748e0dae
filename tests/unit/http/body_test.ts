import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConnectionError, ProtocolError } from "../../../src/errors.ts";
import { type BodyFraming, bodyFraming, readBody } from "../../../src/http/body.ts";
import { ByteReader } from "../../../src/http/byte_reader.ts";
import { bytes, cuts, join, single, text } from "../../fakes/bytes.ts";
import { piecesConnection } from "../../fakes/connection_pair.ts";

/** Reads a body that arrives in pieces; tells what it was and what is left behind it. */
async function read(framing: BodyFraming, pieces: readonly (string | Uint8Array)[]) {
  const reader = new ByteReader(piecesConnection(pieces));
  const body = [];
  for await (const piece of readBody(reader, framing)) body.push(piece.slice());
  const rest = [reader.buffered.slice()];
  while (await reader.fill()) rest[0] = reader.buffered.slice();
  return { body: text(join(body)), rest: text(join(rest)) };
}

const CHUNKED: BodyFraming = { kind: "chunked" };

Deno.test("a body of a given length ends there, however it is cut", async () => {
  for (const pieces of cuts(bytes("hello, worldrest"))) {
    const expected = { body: "hello, world", rest: "rest" };
    assertEquals(await read({ kind: "length", length: 12 }, pieces), expected);
  }
});

Deno.test("a body of length zero needs no reading", async () => {
  const reader = new ByteReader({ read: () => Promise.reject(new Error("read")) });
  for await (const _ of readBody(reader, { kind: "length", length: 0 })) throw new Error("a piece");
});

Deno.test("a body without a length goes on to the connection's end", async () => {
  assertEquals(await read({ kind: "close" }, ["one", "two"]), { body: "onetwo", rest: "" });
  assertEquals(await read({ kind: "close" }, []), { body: "", rest: "" });
});

Deno.test("a piece of a body is handed out as it arrives", async () => {
  const reader = new ByteReader({
    read: (buffer) => {
      buffer.set(bytes("5\r\nhe"));
      return Promise.resolve(5);
    },
  });
  const body = readBody(reader, CHUNKED);
  assertEquals(text((await body.next()).value!), "he");
});

const MESSAGE = '5\r\nhello\r\n7 ;name="value"\r\n, world\r\n00\r\nTrailer: x\r\n\r\nrest';

Deno.test("a chunked body is joined, its extensions and trailers dropped, at every cut", async () => {
  const expected = { body: "hello, world", rest: "rest" };
  for (const pieces of cuts(bytes(MESSAGE))) assertEquals(await read(CHUNKED, pieces), expected);
  assertEquals(await read(CHUNKED, single(bytes(MESSAGE))), expected);
});

Deno.test("a chunk's size is hexadecimal, in either case", async () => {
  const long = "x".repeat(0xab);
  const expected = { body: long, rest: "" };
  assertEquals(await read(CHUNKED, [`aB\r\n${long}\r\n0\r\n\r\n`]), expected);
});

Deno.test("a chunk longer than the buffer is passed on whole", async () => {
  const long = "0123456789abcdef".repeat(10_000);
  const expected = { body: long, rest: "" };
  const size = long.length.toString(16);
  assertEquals(await read(CHUNKED, [`${size}\r\n${long}\r\n0\r\n\r\n`]), expected);
});

for (const size of ["", "g", "-1", "0x5", " 5", "5 5", "+5", "fffffffffffff"]) {
  Deno.test(`the chunk size ${JSON.stringify(size)} is refused`, async () => {
    await assertRejects(() => read(CHUNKED, [`${size}\r\nhello\r\n0\r\n\r\n`]), ProtocolError);
  });
}

Deno.test("a chunk that does not end where it should is refused", async () => {
  for (const message of ["5\r\nhello!\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\nhello\r\n"]) {
    await assertRejects(() => read(CHUNKED, [message]), ProtocolError);
  }
});

Deno.test("a chunk's line without an end is refused before it fills the memory", async () => {
  const endless = { read: (buffer: Uint8Array) => Promise.resolve(buffer.fill(0x30).length) };
  const body = readBody(new ByteReader(endless), CHUNKED);
  await assertRejects(() => body.next(), ProtocolError);
});

Deno.test("a body that is cut short is a ConnectionError, wherever that is", async () => {
  await assertRejects(() => read({ kind: "length", length: 12 }, ["hello"]), ConnectionError);
  const message = MESSAGE.slice(0, -"rest".length);
  for (let length = 0; length < message.length; length++) {
    await assertRejects(() => read(CHUNKED, [message.slice(0, length)]), ConnectionError);
  }
});

/** How the body ends behind a head with these headers. */
function framing(method: string, status: number, headers: Record<string, string>): BodyFraming {
  return bodyFraming(method, { status, headers: new Map(Object.entries(headers)) });
}

Deno.test("the head tells how the body ends", () => {
  assertEquals(framing("GET", 200, { "content-length": "7" }), { kind: "length", length: 7 });
  assertEquals(framing("GET", 200, { "transfer-encoding": "Chunked" }), CHUNKED);
  assertEquals(framing("GET", 200, {}), { kind: "close" });
  // The transfer coding counts where there are both.
  const both = { "content-length": "7", "transfer-encoding": "chunked" };
  assertEquals(framing("POST", 500, both), CHUNKED);
});

Deno.test("some answers have no body, whatever their head says", () => {
  const headers = { "content-length": "7" };
  for (const [method, status] of [["HEAD", 200], ["GET", 204], ["GET", 304], ["POST", 101]]) {
    const none = { kind: "length" as const, length: 0 };
    assertEquals(framing(String(method), Number(status), headers), none);
  }
});

for (const length of ["", "-1", "1e3", "7, 7", "0x7", "1".repeat(16)]) {
  Deno.test(`the content length ${JSON.stringify(length)} is refused`, () => {
    assertThrows(() => framing("GET", 200, { "content-length": length }), ProtocolError);
  });
}

Deno.test("a transfer coding that is not chunked is refused, and named", () => {
  const headers = { "transfer-encoding": "gzip, chunked" };
  assertThrows(() => framing("GET", 200, headers), ProtocolError, "gzip, chunked");
});
