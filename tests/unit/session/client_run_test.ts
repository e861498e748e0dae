import { assertEquals, assertRejects } from "@std/assert";
import type { PullProgress } from "../../../src/engine/images.ts";
import { ConnectionLostError, DockerptyError, EngineError } from "../../../src/errors.ts";
import { Client } from "../../../src/session/client.ts";
import { bytes, frame, text } from "../../fakes/bytes.ts";
import { FakeContainer } from "../../fakes/container.ts";
import { FakeEngine, json, NO_CONTENT } from "../../fakes/engine.ts";
import { settled, turns } from "../../fakes/turns.ts";

/** A client, its engine, and the container that a run creates. */
function open(settings?: { tty?: boolean }) {
  const engine = new FakeEngine();
  const container = new FakeContainer(engine, settings);
  const client = new Client({
    endpoint: "unix:///fake.sock",
    dial: engine.dial,
    apiVersion: "1.41",
  });
  return { client, engine, container, path: `/containers/${container.id}` };
}

Deno.test("run creates, attaches, waits and starts, in that order", async () => {
  const { client, engine, container, path } = open();
  const session = await client.run("busybox", ["echo", "hi"], { name: "box" });
  assertEquals(engine.routes, [
    "POST /containers/create",
    `POST ${path}/attach`,
    `POST ${path}/wait`,
    `POST ${path}/start`,
  ]);
  assertEquals(engine.call("POST /containers/create").query.get("name"), "box");
  assertEquals(engine.call(`POST ${path}/wait`).query.get("condition"), "next-exit");
  const { query } = engine.call(`POST ${path}/attach`);
  assertEquals([...query], [["stream", "1"], ["stdout", "1"], ["stderr", "1"]]);
  assertEquals([session.id, session.tty, session.stdin], [container.id, false, null]);
  await session[Symbol.asyncDispose]();
});

Deno.test("run tells the size to engines that do not take it with the creation, once it is started", async () => {
  const size = { rows: 30, columns: 100 };
  for (
    const [apiVersion, tty, told] of [["1.41", true, 1], ["1.41", false, 0], [
      "1.42",
      true,
      0,
    ]] as const
  ) {
    const engine = new FakeEngine();
    const container = new FakeContainer(engine, { tty });
    const client = new Client({ endpoint: "unix:///fake.sock", dial: engine.dial, apiVersion });
    await using _ = await client.run("busybox", ["vi"], { tty, size });
    const path = `POST /containers/${container.id}`;
    const after = engine.routes.slice(engine.routes.indexOf(`${path}/start`) + 1);
    assertEquals(after, Array(told).fill(`${path}/resize`), apiVersion);
    if (told > 0) {
      assertEquals([...engine.call(`${path}/resize`).query], [["h", "30"], ["w", "100"]]);
    }
  }
});

Deno.test("run gives the output and the container's exit code, and lets go of everything", async () => {
  const { client, engine, container } = open();
  const session = await client.run("busybox", ["x"]);
  await container.write(frame(1, "out"));
  await container.write(frame(2, "err"));
  await container.exit(7);
  const { status, stdout, stderr } = await session.output();
  assertEquals(status, { reason: "exited", code: 7 });
  assertEquals([text(stdout), text(stderr)], ["out", "err"]);
  await turns();
  assertEquals(engine.connections.filter(({ closeCount }) => closeCount !== 1), []);
});

Deno.test("run starts the container only once the wait for its end has begun", async () => {
  const { client, engine, path } = open();
  const begin = Promise.withResolvers<void>();
  engine.on(`POST ${path}/wait`, async ({ connection }) => {
    await begin.promise;
    await connection.send("HTTP/1.1 200 OK\r\n\r\n");
  });
  const running = client.run("busybox");
  assertEquals(await settled(running), false);
  assertEquals(engine.routes.includes(`POST ${path}/start`), false);
  begin.resolve();
  await (await running)[Symbol.asyncDispose]();
  assertEquals(engine.routes.includes(`POST ${path}/start`), true);
});

Deno.test("with stdin it is attached, and its end half-closes the stream", async () => {
  const { client, engine, container, path } = open();
  const session = await client.run("busybox", ["cat"], { stdin: "piped" });
  assertEquals(engine.call(`POST ${path}/attach`).query.get("stdin"), "1");
  const writer = session.stdin!.getWriter();
  await writer.write(bytes("in"));
  await writer.close();
  assertEquals(text(await (await container.attached).receiveAll()), "in");
  await container.exit(0);
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

Deno.test("with a tty the stream is raw, is never half-closed, and the engine's keys are off", async () => {
  const { client, engine, container, path } = open();
  const session = await client.run("busybox", ["sh"], { stdin: "piped", tty: true });
  const stream = await container.attached;
  await session.stdin!.close();
  assertEquals(await settled(stream.receive()), false);
  const keys = engine.call(`POST ${path}/attach`).target.split("detachKeys=")[1];
  assertEquals(new Set(keys.split("%2C")), new Set(["%FF"]));
  await container.write(frame(2, "raw"));
  await container.exit(0);
  assertEquals(text((await session.output()).stdout), text(frame(2, "raw")));
});

Deno.test("with remove the engine removes the container, and its removal is waited for", async () => {
  const { client, engine, path } = open();
  const session = await client.run("busybox", [], { remove: true });
  assertEquals(engine.call(`POST ${path}/wait`).query.get("condition"), "removed");
  const { HostConfig } = engine.call("POST /containers/create").body as {
    HostConfig: { AutoRemove: boolean };
  };
  assertEquals(HostConfig.AutoRemove, true);
  await session[Symbol.asyncDispose]();
});

for (const remove of [true, false]) {
  Deno.test(`a start that is refused is the engine's error (remove: ${remove})`, async () => {
    const { client, engine, path } = open();
    engine.on(`POST ${path}/start`, () => json(400, { message: "executable file not found" }));
    const running = () => client.run("busybox", ["nope"], { remove });
    await assertRejects(running, EngineError, "executable file not found");
    assertEquals(engine.routes.includes(`DELETE ${path}`), remove);
    await turns();
    assertEquals(engine.connections.filter(({ closeCount }) => closeCount !== 1), []);
  });
}

Deno.test("an attach that is refused starts nothing", async () => {
  const { client, engine, path } = open();
  engine.on(`POST ${path}/attach`, () => json(500, { message: "no attach" }));
  await assertRejects(() => client.run("busybox"), EngineError, "no attach");
  assertEquals(engine.routes.includes(`POST ${path}/start`), false);
});

Deno.test("a wait whose connection breaks is a lost connection, never the code 0", async () => {
  const { client, container } = open();
  const session = await client.run("busybox");
  (await container.waited).close();
  (await container.attached).close();
  await assertRejects(() => session.status, ConnectionLostError, "may still be running");
});

Deno.test("a wait that is answered with an error is an error", async () => {
  const { client, container } = open();
  const session = await client.run("busybox");
  await container.exit(0, { Message: "cannot remove" });
  await assertRejects(() => session.status, DockerptyError, "cannot remove");
});

Deno.test("sizes and signals go to the container", async () => {
  const { client, engine, path } = open();
  await using session = await client.run("busybox", [], { tty: true });
  await session.resize({ rows: 20, columns: 70 });
  await session.kill("SIGINT");
  assertEquals(engine.call(`POST ${path}/resize`).target, `/v1.41${path}/resize?h=20&w=70`);
  assertEquals(engine.call(`POST ${path}/kill`).query.get("signal"), "SIGINT");
});

Deno.test("an abort ends the session with its reason, and every connection", async () => {
  const { client, engine } = open();
  const abort = new AbortController();
  const session = await client.run("busybox", [], { signal: abort.signal });
  const status = assertRejects(() => session.status);
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await status, reason);
  await turns();
  assertEquals(engine.connections.filter(({ closeCount }) => closeCount !== 1), []);
});

/** Runs with an image that is missing until it is pulled; tells what became of it. */
async function runMissing(pull: "always" | "missing" | "never" | undefined) {
  const { client, engine, container } = open();
  let pulled = false;
  engine.on("POST /images/create", () => {
    pulled = true;
    return json(200, { id: "layer", status: "Downloading" });
  });
  engine.on("GET /images/busybox/json", () => json(404, { message: "No such image" }));
  engine.on("POST /containers/create", () => {
    return pulled
      ? json(201, { Id: container.id })
      : json(404, { message: "No such image: busybox" });
  });
  const said: PullProgress[] = [];
  const outcome = await client.run("busybox", [], { pull, onPull: (news) => said.push(news) })
    .then(async (session) => {
      await session[Symbol.asyncDispose]();
      return "opened";
    }, (error: Error) => error.message);
  return { outcome, said, routes: engine.routes.filter((route) => !route.includes(container.id)) };
}

Deno.test("an image that is missing is pulled, and the news is told", async () => {
  for (const pull of ["missing", undefined] as const) {
    const { outcome, said, routes } = await runMissing(pull);
    assertEquals(outcome, "opened");
    assertEquals(said, [
      { status: "Unable to find image 'busybox:latest' locally" },
      { id: "layer", status: "Downloading" },
    ]);
    assertEquals(routes, [
      "POST /containers/create",
      "GET /images/busybox/json",
      "POST /images/create",
      "POST /containers/create",
    ]);
  }
});

Deno.test("an image is always pulled first, or never, where that is wanted", async () => {
  const always = await runMissing("always");
  assertEquals(always.outcome, "opened");
  assertEquals(always.routes, ["POST /images/create", "POST /containers/create"]);
  const never = await runMissing("never");
  assertEquals(never.outcome, "the image is not to be pulled: No such image: busybox");
  assertEquals(never.routes.includes("POST /images/create"), false);
});

Deno.test("where something else than the image is missing, nothing is pulled", async () => {
  const { client, engine } = open();
  engine.on("POST /containers/create", () => json(404, { message: "network x not found" }));
  engine.on("GET /images/busybox/json", () => json(200, {}));
  await assertRejects(() => client.run("busybox"), EngineError, "network x not found");
  assertEquals(engine.routes.includes("POST /images/create"), false);
});

Deno.test("a container that is gone when it is to be removed hides no error", async () => {
  const { client, engine, path } = open();
  engine.on(`POST ${path}/start`, () => json(500, { message: "first" }));
  engine.on(`DELETE ${path}`, () => json(500, { message: "second" }), () => NO_CONTENT);
  await assertRejects(() => client.run("busybox", [], { remove: true }), EngineError, "first");
});
