import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { ConnectionError, EngineError } from "../../../src/errors.ts";
import type { Connection } from "../../../src/transport/connection.ts";
import { text } from "../../fakes/bytes.ts";
import { FakeEngine, json, NO_CONTENT, upgraded } from "../../fakes/engine.ts";
import { settled, turns } from "../../fakes/turns.ts";

const ENDPOINT = { transport: "unix" as const, path: "/fake.sock" };
const INFO = { method: "GET" as const, path: ["info"] };
const ATTACH = { method: "POST" as const, path: ["attach"] };

/** An engine to call, and the fake behind it. */
function engines(): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine(ENDPOINT, fake.dial, "1.41"), fake];
}

/** How often each connection was closed. */
function closes({ connections }: FakeEngine): number[] {
  return connections.map(({ closeCount }) => closeCount);
}

Deno.test("calls one after another share a connection, which close() closes", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => json(200, {}), () => NO_CONTENT);
  for (let call = 0; call < 3; call++) await engine.json(INFO);
  assertEquals(closes(fake), [0]);
  engine.close();
  assertEquals(closes(fake), [1]);
});

Deno.test("calls at once have a connection each, and a few are kept", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => json(200, {}));
  await Promise.all(Array.from({ length: 5 }, () => engine.json(INFO)));
  assertEquals(fake.connections.length, 5);
  assertEquals(closes(fake).filter((count) => count === 0).length, 2);
  engine.close();
  assertEquals(closes(fake), [1, 1, 1, 1, 1]);
});

Deno.test("a connection in use when the engine is closed is closed after the call", async () => {
  const [engine, fake] = engines();
  const answer = Promise.withResolvers<void>();
  fake.on("GET /info", async () => {
    await answer.promise;
    return json(200, "late");
  });
  const call = engine.json(INFO);
  await turns();
  engine.close();
  assertEquals(closes(fake), [0]);
  answer.resolve();
  assertEquals(await call, "late");
  assertEquals(closes(fake), [1]);
});

Deno.test("a connection that closed while it was idle is replaced, once for the call", async () => {
  const [engine, fake] = engines();
  fake.on("POST /a", async ({ connection }) => {
    await connection.send(NO_CONTENT);
    connection.close();
  }, () => NO_CONTENT);
  const call = { method: "POST" as const, path: ["a"], body: { b: 1 } };
  await engine.json(call);
  await engine.json(call);
  assertEquals(fake.routes, ["POST /a", "POST /a"]);
  assertEquals(fake.call("POST /a").body, { b: 1 });
  assertEquals(closes(fake), [1, 0]);
  engine.close();
});

Deno.test("a new connection that closes without an answer is an error, not tried again", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", ({ connection }) => connection.close());
  await assertRejects(() => engine.json(INFO), ConnectionError, "without an answer");
  assertEquals(fake.routes, ["GET /info"]);
  assertEquals(closes(fake), [1]);
});

Deno.test("an answer that is cut short is an error, not tried again", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => json(200, {}), async ({ connection }) => {
    await connection.send("HTTP/1.1 200 OK\r\nContent-Le");
    connection.close();
  });
  await engine.json(INFO);
  await assertRejects(() => engine.json(INFO), ConnectionError, "cut short");
  assertEquals(fake.routes, ["GET /info", "GET /info"]);
  assertEquals(closes(fake), [1]);
});

Deno.test("a dial that fails is the call's failure", async () => {
  const failure = new ConnectionError("nothing listens there");
  const engine = new Engine(ENDPOINT, () => Promise.reject(failure), "1.41");
  assertEquals(await assertRejects(() => engine.json(INFO)), failure);
  assertEquals(await assertRejects(() => engine.hijack(ATTACH)), failure);
});

for (const way of ["json", "hijack"] as const) {
  Deno.test(`an abort during a call (${way}) closes its connection and rejects with the reason`, async () => {
    const [engine, fake] = engines();
    fake.on("GET /info", () => new Promise<void>(() => {}));
    const abort = new AbortController();
    const call = engine[way]({ ...INFO, signal: abort.signal });
    await turns();
    assertEquals(fake.routes, ["GET /info"]);
    const reason = new Error("enough");
    abort.abort(reason);
    assertEquals(await assertRejects(() => call), reason);
    assertEquals(closes(fake), [1]);
  });

  Deno.test(`a call (${way}) with a signal that has aborted sends nothing`, async () => {
    const [engine, fake] = engines();
    const reason = new Error("enough");
    const call = () => engine[way]({ ...INFO, signal: AbortSignal.abort(reason) });
    assertEquals(await assertRejects(call), reason);
    assertEquals(fake.calls, []);
  });
}

Deno.test("an abort while a call connects leaves no connection open", async () => {
  const fake = new FakeEngine();
  const dialing = Promise.withResolvers<Connection>();
  const engine = new Engine(ENDPOINT, () => dialing.promise, "1.41");
  const abort = new AbortController();
  const call = assertRejects(() => engine.json({ ...INFO, signal: abort.signal }));
  await turns();
  const reason = new Error("enough");
  abort.abort(reason);
  dialing.resolve(await fake.dial(ENDPOINT));
  assertEquals(await call, reason);
  assertEquals(closes(fake), [1]);
});

Deno.test("an abort behind a call's end does nothing", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => json(200, {}));
  const abort = new AbortController();
  await engine.json({ ...INFO, signal: abort.signal });
  abort.abort();
  assertEquals(closes(fake), [0]);
  engine.close();
});

Deno.test("a hijacked connection is the caller's: neither kept nor closed", async () => {
  const [engine, fake] = engines();
  fake.on("POST /attach", async ({ connection }) => {
    await connection.send(`${upgraded()}early`);
    await connection.send(await connection.receive());
  });
  const { connection } = await engine.hijack(ATTACH);
  engine.close();
  const buffer = new Uint8Array(64);
  assertEquals(text(buffer.subarray(0, await connection.read(buffer) ?? 0)), "early");
  await connection.write(new TextEncoder().encode("echo"));
  assertEquals(text(buffer.subarray(0, await connection.read(buffer) ?? 0)), "echo");
  assertEquals(closes(fake), [0]);
  connection.close();
});

Deno.test("a refused hijack is an EngineError with the engine's words, and closed", async () => {
  const [engine, fake] = engines();
  const type = "Content-Type: application/vnd.docker.raw-stream";
  fake.on("POST /attach", async ({ connection }) => {
    await connection.send(`HTTP/1.1 404 Not Found\r\n${type}\r\n\r\nNo such container: x\r\n`);
    connection.close();
  }, () => json(409, { message: "container is paused" }));
  const plain = await assertRejects(() => engine.hijack(ATTACH), EngineError) as EngineError;
  assertEquals([plain.status, plain.message], [404, "No such container: x"]);
  const paused = await assertRejects(() => engine.hijack(ATTACH), EngineError) as EngineError;
  assertEquals([paused.status, paused.message], [409, "container is paused"]);
  assertEquals([paused.method, paused.path], ["POST", "/v1.41/attach"]);
  assertEquals(closes(fake), [1, 1]);
});

Deno.test("a call that nobody answers waits for a while, or until it is left", async () => {
  const [engine, fake] = engines();
  fake.on("GET /info", () => new Promise<void>(() => {}));
  const abort = new AbortController();
  const call = engine.json({ ...INFO, signal: abort.signal });
  assertEquals(await settled(call), false);
  abort.abort();
  await assertRejects(() => call);
});
