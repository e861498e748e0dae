import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, ProtocolError } from "../../../src/errors.ts";
import { HttpConnection, NoResponseError, type Response } from "../../../src/http/request.ts";
import { bytes, cuts, single, text } from "../../fakes/bytes.ts";
import { connectionPair, type FakeConnection } from "../../fakes/connection_pair.ts";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
const REQUEST = { method: "GET", target: "/a" };

/** A connection on which the other side has sent these pieces already. */
async function answered(
  ...pieces: (string | Uint8Array)[]
): Promise<[http: HttpConnection, client: FakeConnection, server: FakeConnection]> {
  const [client, server] = connectionPair();
  for (const piece of pieces) await server.send(piece);
  return [new HttpConnection(client), client, server];
}

/** Reads a body to its end. */
async function read({ body }: Response): Promise<string> {
  let content = "";
  for await (const piece of body) content += text(piece);
  return content;
}

Deno.test("an answer is read at every cut, and byte by byte", async () => {
  for (const pieces of [...cuts(bytes(ANSWER)), single(bytes(ANSWER))]) {
    const [http] = await answered(...pieces);
    const response = await http.request(REQUEST);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("x-a"), "b");
    assertEquals(await read(response), "hello");
  }
});

Deno.test("a request is sent whole, in one write", async () => {
  const [http, , server] = await answered(ANSWER);
  await http.request({ method: "POST", target: "/a", headers: [["X-B", "c"]], body: { d: "é" } });
  assertEquals(
    await server.receive(),
    "POST /a HTTP/1.1\r\nHost: dockerpty\r\nX-B: c\r\nContent-Type: application/json\r\n" +
      'Content-Length: 10\r\n\r\n{"d":"é"}',
  );
});

Deno.test("a request without a body says so where one could be", async () => {
  for (const [method, length] of [["GET", 0], ["HEAD", 0], ["POST", 1], ["DELETE", 1]] as const) {
    const [http, , server] = await answered(ANSWER);
    await http.request({ method, target: "/a" });
    const fields = (await server.receive()).split("\r\n");
    assertEquals(fields.filter((field) => field === "Content-Length: 0").length, length, method);
  }
});

Deno.test("a second request follows on the same connection, once the body was read", async () => {
  const [http, , server] = await answered(ANSWER);
  const response = await http.request(REQUEST);
  assertEquals(http.reusable, false);
  assertEquals(await read(response), "hello");
  assertEquals(http.reusable, true);
  await server.send("HTTP/1.1 204 No Content\r\n\r\n");
  const second = await http.request({ method: "DELETE", target: "/b" });
  assertEquals([second.status, await read(second), http.reusable], [204, "", true]);
  assertEquals((await server.receive()).split("\r\n")[0], "GET /a HTTP/1.1");
  assertEquals((await server.receive()).split("\r\n")[0], "DELETE /b HTTP/1.1");
});

Deno.test("a connection with bytes behind an answer is not used again", async () => {
  const [http] = await answered(`${ANSWER}HTTP/1.1 204 No Content\r\n\r\n`);
  assertEquals(await read(await http.request(REQUEST)), "hello");
  assertEquals(http.reusable, false);
});

Deno.test("a connection that is about to be closed is not used again", async () => {
  const answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, Close\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
  ];
  for (const answer of answers) {
    const [http, , server] = await answered(answer);
    await server.closeWrite();
    await read(await http.request(REQUEST));
    assertEquals(http.reusable, false, answer);
  }
});

Deno.test("a connection whose body was left in the middle is not used again", async () => {
  const [http] = await answered(ANSWER.slice(0, -2));
  const { body } = await http.request(REQUEST);
  await body.next();
  await body.return();
  assertEquals(http.reusable, false);
});

Deno.test("interim answers are passed over, and 101 is not one of them", async () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
  const [http] = await answered(interim + ANSWER);
  assertEquals(await read(await http.request(REQUEST)), "hello");
  const [upgrading] = await answered("HTTP/1.1 101 UPGRADED\r\n\r\n");
  assertEquals((await upgrading.request(REQUEST)).status, 101);
});

Deno.test("a head of up to 64 KiB is read", async () => {
  const rest = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: \r\n\r\n";
  const value = "x".repeat(64 * 1024 - rest.length);
  const [http] = await answered(rest.replace("X-A: ", `X-A: ${value}`));
  assertEquals((await http.request(REQUEST)).headers.get("x-a"), value);
});

Deno.test("a head over 64 KiB is refused, whether it ends or not", async () => {
  const endless = `HTTP/1.1 200 OK\r\nX-A: ${"x".repeat(64 * 1024)}`;
  for (const head of [endless, `${endless}\r\nContent-Length: 0\r\n\r\n`]) {
    const [http] = await answered(head);
    await assertRejects(() => http.request(REQUEST), ProtocolError, "65536");
  }
});

Deno.test("a connection that ends without an answer is told from a cut answer", async () => {
  const [silent, , server] = await answered();
  await server.closeWrite();
  await assertRejects(() => silent.request(REQUEST), NoResponseError);
  const [gone, , closed] = await answered();
  closed.close();
  const error = await assertRejects(() => gone.request(REQUEST), NoResponseError);
  assert(error.cause instanceof Deno.errors.BrokenPipe);

  for (let length = 1; length < ANSWER.indexOf("hello"); length++) {
    const [http, , server] = await answered(ANSWER.slice(0, length));
    await server.closeWrite();
    const error = await assertRejects(() => http.request(REQUEST), ConnectionError, "cut short");
    assertEquals(error instanceof NoResponseError, false);
  }
});

Deno.test("a request that cannot be written down is refused, and nothing is sent", async () => {
  const [http, client, server] = await answered();
  await assertRejects(() => http.request({ method: "GET", target: "/a b" }), ProtocolError);
  client.close();
  assertEquals(text(await server.receiveAll()), "");
});

Deno.test("a connection is closed once, however often that is asked for", () => {
  const [client] = connectionPair();
  const http = new HttpConnection(client);
  assertEquals(http.reusable, true);
  http.close();
  http.close();
  assertEquals(client.closeCount, 1);
  assertEquals(http.reusable, false);
});

Deno.test("an engine that wants TLS is told from one that speaks nonsense", async () => {
  const [http, , server] = await answered(bytes([0x15, 3, 1, 0, 2, 2, 10]));
  await server.closeWrite();
  await assertRejects(() => http.request(REQUEST), ProtocolError, "--tls");
});
