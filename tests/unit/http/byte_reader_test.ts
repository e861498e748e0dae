import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../src/errors.ts";
import { ByteReader } from "../../../src/http/byte_reader.ts";
import { text } from "../../fakes/bytes.ts";
import { connectionPair, piecesConnection } from "../../fakes/connection_pair.ts";

Deno.test("what was read too far comes first, and only then the connection", async () => {
  const reader = new ByteReader(piecesConnection(["abcdef", "ghi"]));
  assertEquals(await reader.fill(), true);
  reader.consume(2);
  const target = new Uint8Array(3);
  assertEquals([await reader.read(target), text(target)], [3, "cde"]);
  assertEquals([await reader.read(target), text(target.subarray(0, 1))], [1, "f"]);
  assertEquals([await reader.read(target), text(target)], [3, "ghi"]);
  assertEquals(await reader.read(target), null);
});

Deno.test("filling keeps what is buffered, and tells the end", async () => {
  const reader = new ByteReader(piecesConnection(["ab", "cd"]));
  await reader.fill();
  reader.consume(1);
  await reader.fill();
  assertEquals(text(reader.buffered), "bcd");
  assertEquals(await reader.fill(), false);
  assertEquals(text(reader.buffered), "bcd");
});

Deno.test("the buffer grows with what is not consumed", async () => {
  const long = "0123456789".repeat(5000);
  const reader = new ByteReader(piecesConnection([long]));
  while (await reader.fill());
  assertEquals(text(reader.buffered), long);
});

Deno.test("a connection that breaks is a ConnectionError with its cause", async () => {
  const [client, server] = connectionPair();
  const reader = new ByteReader(client);
  server.reset();
  for (const read of [() => reader.fill(), () => reader.read(new Uint8Array(1))]) {
    const error = await assertRejects(read, ConnectionError, "reset by peer");
    assertEquals(error.cause instanceof Deno.errors.ConnectionReset, true);
  }
});
