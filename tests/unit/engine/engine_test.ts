import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { ConnectionError, EngineError, ProtocolError } from "../../../src/errors.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { FakeEngine, json, NO_CONTENT } from "../../fakes/engine.ts";

const ENDPOINT = { transport: "unix" as const, path: "/fake.sock" };

/** An engine to call, and the fake behind it. */
function engines(apiVersion?: string): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine(ENDPOINT, fake.dial, apiVersion), fake];
}

/** A call that says what it is made of. */
const INFO = { method: "GET" as const, path: ["info"] };

Deno.test("the version is asked for once, and every path begins with it", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => json(200, { ID: "x" }));
  assertEquals(await engine.json(INFO), { ID: "x" });
  assertEquals(await engine.json(INFO), { ID: "x" });
  const targets = fake.calls.map(({ method, target }) => `${method} ${target}`);
  assertEquals(targets, ["HEAD /_ping", "GET /v1.41/info", "GET /v1.41/info"]);
});

Deno.test("a version given by hand is not asked for", async () => {
  const [engine, fake] = engines("1.30");
  fake.on("GET /info", () => json(200, {}));
  await engine.json(INFO);
  assertEquals(fake.calls.map(({ target }) => target), ["/v1.30/info"]);
});

Deno.test("where HEAD is not known, GET asks for the version", async () => {
  const [engine, fake] = engines();
  fake.on("HEAD /_ping", () => "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n");
  fake.on(
    "GET /_ping",
    () => "HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Length: 2\r\n\r\nOK",
  );
  assertEquals(await engine.apiVersion(), "1.40");
  assertEquals(await engine.supports("1.40"), true);
  assertEquals(await engine.supports("1.9"), true);
  assertEquals(await engine.supports("1.41"), false);
});

Deno.test("an engine that is not well is an error that names it", async () => {
  const [engine, fake] = engines();
  fake.on("HEAD /_ping", () => "HTTP/1.1 500 Error\r\n\r\n");
  fake.on("GET /_ping", () => json(500, { message: "daemon is not ready" }));
  await assertRejects(() => engine.apiVersion(), EngineError, "unix:///fake.sock");
});

Deno.test("after a failure the version is asked for anew", async () => {
  const [engine, fake] = engines();
  fake.on("HEAD /_ping", ({ connection }) => connection.close(), () => {
    return "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\r\n";
  });
  await assertRejects(() => engine.apiVersion(), ConnectionError);
  assertEquals(await engine.apiVersion(), "1.41");
});

Deno.test("a path's segments and a query's values are encoded", async () => {
  const [engine, fake] = engines("1.41");
  fake.on("POST /a%2Fb%3Fc/d", () => NO_CONTENT);
  await engine.json({
    method: "POST",
    path: ["a/b?c", "d"],
    query: { name: "e f&g", no: undefined, zero: 0, off: false },
    rawQuery: "keys=%FF%2C%FF",
  });
  assertEquals(
    fake.call("POST /a%2Fb%3Fc/d").target,
    "/v1.41/a%2Fb%3Fc/d?name=e+f%26g&zero=0&off=false&keys=%FF%2C%FF",
  );
});

Deno.test("a body and headers are sent", async () => {
  const [engine, fake] = engines("1.41");
  fake.on("POST /a", () => NO_CONTENT);
  const body = { text: "é", list: [1, null] };
  await engine.json({ method: "POST", path: ["a"], body, headers: [["X-Registry-Auth", "e30="]] });
  const call = fake.call("POST /a");
  assertEquals(call.body, body);
  assertEquals(call.headers.get("content-type"), "application/json");
  assertEquals(call.headers.get("x-registry-auth"), "e30=");
});

Deno.test("an empty answer is undefined, and one that is no JSON is refused", async () => {
  const [engine, fake] = engines("1.41");
  fake.on(
    "GET /info",
    () => NO_CONTENT,
    () => "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
  );
  assertEquals(await engine.json(INFO), undefined);
  const error = await assertRejects(() => engine.json(INFO), ProtocolError, "<html>");
  assertEquals(error.message.includes("GET /info"), true);
});

Deno.test("a refusal is an EngineError with the engine's own message", async () => {
  const [engine, fake] = engines("1.41");
  const plain = (body: string) => () =>
    `HTTP/1.1 409 C\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  fake.on(
    "GET /info",
    () => json(404, { message: "No such container: x" }),
    () => json(500, { cause: "c", message: "no space left", response: 500 }),
    plain("plain text\n"),
    plain('"a string"'),
    plain(""),
  );
  const messages = [];
  for (let call = 0; call < 5; call++) {
    const error = await assertRejects(() => engine.json(INFO), EngineError) as EngineError;
    messages.push([error.status, error.message]);
    assertEquals([error.method, error.path], ["GET", "/v1.41/info"]);
  }
  assertEquals(messages, [
    [404, "No such container: x"],
    [500, "no space left"],
    [409, "plain text"],
    [409, '"a string"'],
    [409, "the engine answered 409 to GET /v1.41/info"],
  ]);
});

Deno.test("a refusal that is cut short is a refusal still", async () => {
  const [engine, fake] = engines("1.41");
  fake.on("GET /info", async ({ connection }) => {
    await connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nNo su");
    connection.close();
  });
  const error = await assertRejects(() => engine.json(INFO), EngineError, "404");
  assertEquals((error as EngineError).status, 404);
});

Deno.test("a refusal without an end is not read for ever", async () => {
  const [engine, fake] = engines("1.41");
  fake.on("GET /info", async ({ connection }) => {
    await connection.send(`HTTP/1.1 500 Error\r\n\r\n${"x".repeat(1 << 20)}`);
  });
  await assertRejects(() => engine.json(INFO), ProtocolError, "65536");
  await fake.connections[0].whenClosed;
});

Deno.test("a streamed body is handed out as it comes", async () => {
  const [engine, fake] = engines("1.41");
  const halfway = Promise.withResolvers<void>();
  fake.on("GET /events", async ({ connection }) => {
    await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    await halfway.promise;
    await connection.send("3\r\ntwo\r\n0\r\n\r\n");
  });
  const pieces = await engine.stream({ method: "GET", path: ["events"] }, async (body) => {
    const pieces = [];
    for await (const piece of body) {
      pieces.push(text(piece));
      halfway.resolve();
    }
    return pieces;
  });
  assertEquals(pieces, ["one", "two"]);
});

Deno.test("letters of several bytes are read right where a piece ends inside one", async () => {
  const [engine, fake] = engines("1.41");
  fake.on("GET /info", async ({ connection }) => {
    await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    for (const byte of bytes('"é"')) await connection.send(bytes([byte]));
  });
  assertEquals(await engine.json(INFO), "é");
});

Deno.test("Podman is known by its own header", async () => {
  const [engine, fake] = engines();
  assertEquals(engine.isPodman, false);
  fake.on("HEAD /_ping", () => {
    return "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n\r\n";
  });
  await engine.apiVersion();
  assertEquals(engine.isPodman, true);
});

Deno.test({
  name: "a long time for an answer leaves no timer behind, which would be kept until it is over",
  sanitizeOps: true,
  fn: async () => {
    const { timeout } = AbortSignal;
    const kept: number[] = [];
    AbortSignal.timeout = (milliseconds) => {
      kept.push(milliseconds);
      return timeout.call(AbortSignal, milliseconds);
    };
    try {
      for (const milliseconds of [1000, 86_400_000]) {
        const fake = new FakeEngine();
        fake.on("GET /info", () => json(200, {}));
        await new Engine(ENDPOINT, fake.dial, "1.41", milliseconds).json(INFO);
      }
    } finally {
      AbortSignal.timeout = timeout;
    }
    assertEquals(kept, [1000]);
  },
});
