import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { hijack, type Hijacked, isHijacked, isMultiplexed } from "../../../src/http/hijack.ts";
import { HttpConnection } from "../../../src/http/request.ts";
import { bytes, cuts, text } from "../../fakes/bytes.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { upgraded } from "../../fakes/engine.ts";

const ATTACH = { method: "POST", target: "/v1.41/containers/c/attach" };

/** Hijacks a connection on which these pieces were sent already. */
async function hijacked(...pieces: (string | Uint8Array)[]) {
  const [client, server] = connectionPair();
  for (const piece of pieces) await server.send(piece);
  const answer = await hijack(new HttpConnection(client), ATTACH);
  return { answer, client, server };
}

/** Reads all of a stream. */
async function read({ connection }: Hijacked): Promise<string> {
  const buffer = new Uint8Array(4);
  let content = "";
  for (let count; (count = await connection.read(buffer)) !== null;) {
    content += text(buffer.subarray(0, count));
  }
  return content;
}

Deno.test("the upgrade's headers are sent, beside the request's own", async () => {
  const [client, server] = connectionPair();
  await server.send(upgraded());
  await hijack(new HttpConnection(client), { ...ATTACH, headers: [["X-A", "b"]] });
  const head = await server.receive();
  for (const field of ["Connection: Upgrade", "Upgrade: tcp", "X-A: b"]) {
    assertStringIncludes(head, `\r\n${field}\r\n`);
  }
});

for (
  const head of [upgraded("text/x-type"), "HTTP/1.1 200 OK\r\nContent-Type: text/x-type\r\n\r\n"]
) {
  const [line] = head.split("\r\n");
  Deno.test(`after ${line} the connection is the stream, at every cut of the head`, async () => {
    for (const pieces of cuts(bytes(`${head}what came with the head`))) {
      const { answer, server } = await hijacked(...pieces);
      assert(isHijacked(answer));
      assertEquals(answer.contentType, "text/x-type");
      await server.send(", and behind it");
      await server.closeWrite();
      assertEquals(await read(answer), "what came with the head, and behind it");
    }
  });
}

Deno.test("the stream writes, half-closes and closes the connection underneath", async () => {
  const { answer, client, server } = await hijacked(upgraded());
  assert(isHijacked(answer));
  await server.receive();
  await answer.connection.write(bytes("typed"));
  assertEquals(await server.receive(), "typed");
  await answer.connection.closeWrite();
  assertEquals(text(await server.receiveAll()), "");
  await server.send("output goes on");
  const buffer = new Uint8Array(64);
  assertEquals(await answer.connection.read(buffer), "output goes on".length);
  answer.connection.close();
  answer.connection.close();
  assertEquals(client.closeCount, 1);
});

Deno.test("a stream without a content type has an empty one", async () => {
  const { answer } = await hijacked("HTTP/1.1 101 UPGRADED\r\n\r\n");
  assert(isHijacked(answer));
  assertEquals(answer.contentType, "");
});

Deno.test("a refusal is handed back, with its body to be read", async () => {
  const refusals = [
    "HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nno such",
    "HTTP/1.1 409 Conflict\r\nContent-Length: 7\r\n\r\nno such",
    "HTTP/1.1 500 Error\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nno such\r\n0\r\n\r\n",
  ];
  for (const refusal of refusals) {
    const [client, server] = connectionPair();
    await server.send(refusal);
    await server.closeWrite();
    const answer = await hijack(new HttpConnection(client), ATTACH);
    assert(!isHijacked(answer));
    assertEquals((await Array.fromAsync(answer.body, text)).join(""), "no such");
  }
});

Deno.test("a 200 in chunks is no stream, and the coding is named", async () => {
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  await assertRejects(() => hijacked(head), ProtocolError, "chunked");
});

Deno.test("another success is no stream", async () => {
  await assertRejects(() => hijacked("HTTP/1.1 204 No Content\r\n\r\n"), ProtocolError, "204");
});

Deno.test("a stream is multiplexed where its type says so, or where there is no terminal", async () => {
  const { connection } = (await hijacked(upgraded())).answer as Hijacked;
  const raw = "application/vnd.docker.raw-stream";
  const multiplexed = "application/vnd.docker.multiplexed-stream";
  assertEquals(isMultiplexed({ connection, contentType: multiplexed }, false), true);
  for (const contentType of [raw, ""]) {
    assertEquals(isMultiplexed({ connection, contentType }, false), true);
    assertEquals(isMultiplexed({ connection, contentType }, true), false);
  }
});
