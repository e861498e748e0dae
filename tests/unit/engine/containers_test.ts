import { assertEquals, assertRejects } from "@std/assert";
import {
  attachContainer,
  createContainer,
  inspectContainer,
  killContainer,
  removeContainer,
  resizeContainer,
  startContainer,
  waitContainer,
} from "../../../src/engine/containers.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { ConnectionError, EngineError, ProtocolError } from "../../../src/errors.ts";
import type { Dial } from "../../../src/transport/connection.ts";
import { text } from "../../fakes/bytes.ts";
import type { FakeConnection } from "../../fakes/connection_pair.ts";
import { FakeEngine, json, NO_CONTENT, upgraded } from "../../fakes/engine.ts";
import { settled } from "../../fakes/turns.ts";

const ENDPOINT = { transport: "unix" as const, path: "/fake.sock" };
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** An engine to call, and the fake behind it. */
function engines(): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine(ENDPOINT, fake.dial, "1.41"), fake];
}

Deno.test("creating a container sends its body, name and platform; the id comes back", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/create", () => json(201, { Id: "abc", Warnings: null }));
  const body = { Image: "busybox", Tty: true };
  const created = await createContainer(engine, body, { name: "a b", platform: "linux/arm64" });
  assertEquals(created, { id: "abc", warnings: [] });
  const call = fake.call("POST /containers/create");
  assertEquals(call.body, body);
  assertEquals([...call.query], [["name", "a b"], ["platform", "linux/arm64"]]);
});

Deno.test("a container created without an id is refused", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/create", () => json(201, { Warnings: [] }), () => NO_CONTENT);
  await assertRejects(() => createContainer(engine, {}), ProtocolError, "id");
  await assertRejects(() => createContainer(engine, {}), ProtocolError, "id");
});

Deno.test("the calls of one container name it, and carry what they must", async () => {
  const [engine, fake] = engines();
  fake.on("GET /containers/c/json", () =>
    json(200, {
      Id: "full",
      State: { Running: true },
      Config: { Tty: false },
      HostConfig: {},
    }));
  for (const action of ["start", "resize", "kill"]) {
    fake.on(`POST /containers/c/${action}`, () => NO_CONTENT);
  }
  assertEquals((await inspectContainer(engine, "c")).Id, "full");
  await startContainer(engine, "c");
  await resizeContainer(engine, "c", { rows: 20, columns: 70 });
  await killContainer(engine, "c", "SIGINT");
  assertEquals(fake.calls.map(({ method, target }) => `${method} ${target}`), [
    "GET /v1.41/containers/c/json",
    "POST /v1.41/containers/c/start",
    "POST /v1.41/containers/c/resize?h=20&w=70",
    "POST /v1.41/containers/c/kill?signal=SIGINT",
  ]);
});

Deno.test("a start of a container that runs already is no failure", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/c/start", () => "HTTP/1.1 304 Not Modified\r\n\r\n");
  await startContainer(engine, "c");
});

Deno.test("a resize that is answered 200 or 201 is none either", async () => {
  const [engine, fake] = engines();
  const size = { rows: 1, columns: 1 };
  fake.on("POST /containers/c/resize", () => json(200, ""), () => json(201, null));
  await resizeContainer(engine, "c", size);
  await resizeContainer(engine, "c", size);
});

Deno.test("attaching asks for what is wanted, with the detach keys as they are", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/c/attach", async ({ connection }) => {
    await connection.send(upgraded("application/vnd.docker.multiplexed-stream"));
  });
  const all = { stdin: true, stdout: true, stderr: true, detachKeys: "%FF%2C%FF" };
  const { connection, contentType } = await attachContainer(engine, "c", all);
  assertEquals(contentType, "application/vnd.docker.multiplexed-stream");
  connection.close();
  await attachContainer(engine, "c", { stdin: false, stdout: true, stderr: false });
  assertEquals(fake.calls.map(({ target }) => target), [
    "/v1.41/containers/c/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys=%FF%2C%FF",
    "/v1.41/containers/c/attach?stream=1&stdout=1",
  ]);
});

Deno.test("removing takes the anonymous volumes along, and what is gone is removed", async () => {
  const [engine, fake] = engines();
  fake.on(
    "DELETE /containers/c",
    () => NO_CONTENT,
    () => json(404, { message: "No such container" }),
    () => json(409, { message: "removal is already in progress" }),
    () => json(500, { message: "driver failed" }),
  );
  await removeContainer(engine, "c", { force: true });
  assertEquals(fake.call("DELETE /containers/c").target, "/v1.41/containers/c?force=1&v=1");
  await removeContainer(engine, "c", { force: false });
  assertEquals(fake.call("DELETE /containers/c").target, "/v1.41/containers/c?v=1");
  await removeContainer(engine, "c", { force: true });
  const failing = () => removeContainer(engine, "c", { force: true });
  await assertRejects(failing, EngineError, "driver failed");
});

/** Begins to wait for a container; `answer` plays the engine. */
async function wait(begun: (connection: FakeConnection) => Promise<void>) {
  const [engine, fake] = engines();
  fake.on("POST /containers/c/wait", ({ connection }) => begun(connection));
  const abort = new AbortController();
  const wait = await waitContainer(engine, "c", "next-exit", abort.signal);
  return { wait, abort, fake };
}

Deno.test("a wait has begun when the head is in, and is over when the body is", async () => {
  let connection: FakeConnection;
  const { wait: { answer }, fake } = await wait(async (waiting) => {
    connection = waiting;
    await waiting.send(CHUNKED);
  });
  assertEquals(fake.calls[0].target, "/v1.41/containers/c/wait?condition=next-exit");
  assertEquals(await settled(answer), false);
  await connection!.send('d\r\n{"StatusCode"\r\n4\r\n:33}\r\n0\r\n\r\n');
  assertEquals(await answer, { StatusCode: 33 });
});

Deno.test("a wait that is refused has not begun", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/c/wait", () => json(404, { message: "No such container: c" }));
  const { signal } = new AbortController();
  const waiting = () => waitContainer(engine, "c", "removed", signal);
  await assertRejects(waiting, EngineError, "No such container: c");
});

Deno.test("a wait whose connection ends tells of it, and never of a code", async () => {
  for (const last of ["", 'd\r\n{"StatusC']) {
    const { wait: { answer } } = await wait(async (connection) => {
      await connection.send(CHUNKED + last);
      connection.close();
    });
    await assertRejects(() => answer, ConnectionError);
  }
});

Deno.test("an answer to a wait that says no code is refused", async () => {
  for (const body of ["", "null", "{}", '{"StatusCode":"0"}', "<html>"]) {
    const { wait: { answer } } = await wait(async (connection) => {
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    await assertRejects(() => answer, ProtocolError);
  }
});

Deno.test("a wait that is given up closes its connection", async () => {
  const { wait: { answer }, abort, fake } = await wait((connection) => connection.send(CHUNKED));
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await assertRejects(() => answer), reason);
  await fake.connections[0].whenClosed;
});

Deno.test("a create that is being sent is not given up: its answer tells what to remove", async () => {
  const fake = new FakeEngine();
  fake.on("POST /containers/create", () => json(201, { Id: "made", Warnings: [] }));
  const abort = new AbortController();
  const dial: Dial = async (endpoint) => {
    const connection = await fake.dial(endpoint);
    const write = (bytes: Uint8Array) => {
      if (text(bytes).startsWith("POST")) abort.abort();
      return connection.write(bytes);
    };
    return {
      read: (buffer) => connection.read(buffer),
      write,
      closeWrite: () => connection.closeWrite(),
      close: () => connection.close(),
    };
  };
  const engine = new Engine(ENDPOINT, dial, "1.41");
  const { id } = await createContainer(engine, { Image: "busybox" }, {}, abort.signal);
  assertEquals([id, abort.signal.aborted], ["made", true]);
});
