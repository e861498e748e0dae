import { assertEquals, assertRejects } from "@std/assert";
import { ContainerStateError, EngineError, InvalidOptionError } from "../../../src/errors.ts";
import { Client } from "../../../src/session/client.ts";
import { frame, text } from "../../fakes/bytes.ts";
import { FakeContainer } from "../../fakes/container.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";
import { settled } from "../../fakes/turns.ts";

/** A client, its engine, and the container `box` in that. */
function open(settings: ConstructorParameters<typeof FakeContainer>[1] = {}) {
  const engine = new FakeEngine();
  const container = new FakeContainer(engine, settings);
  const client = new Client({
    endpoint: { transport: "unix", path: "/fake.sock" },
    dial: engine.dial,
    apiVersion: "1.41",
  });
  return { client, engine, container, path: `/containers/${container.id}` };
}

Deno.test("start attaches and waits by the container's id, then starts it", async () => {
  const { client, engine, container, path } = open();
  const session = await client.start("box");
  assertEquals(engine.routes, [
    "GET /containers/box/json",
    `POST ${path}/attach`,
    `POST ${path}/wait`,
    `POST ${path}/start`,
  ]);
  assertEquals(engine.call(`POST ${path}/wait`).query.get("condition"), "next-exit");
  await container.write(frame(1, "out"));
  await container.exit(5);
  const { status, stdout } = await session.output();
  assertEquals([status, text(stdout)], [{ reason: "exited", code: 5 }, "out"]);
});

Deno.test("start waits for the removal of a container that removes itself", async () => {
  const { client, engine, path } = open({ autoRemove: true });
  await using _ = await client.start("box");
  assertEquals(engine.call(`POST ${path}/wait`).query.get("condition"), "removed");
});

Deno.test("attach looks at the container before, and again after it has attached", async () => {
  const { client, engine, path, container } = open();
  const session = await client.attach("box");
  assertEquals(engine.routes, [
    "GET /containers/box/json",
    `POST ${path}/attach`,
    `POST ${path}/wait`,
    `GET ${path}/json`,
  ]);
  assertEquals(engine.call(`POST ${path}/wait`).query.get("condition"), "not-running");
  await container.exit(0);
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

const STATES = {
  "is not running": { Running: false, Paused: false, Restarting: false },
  "is paused": { Running: true, Paused: true, Restarting: false },
  "is restarting": { Running: true, Paused: false, Restarting: true },
};

for (const [message, state] of Object.entries(STATES)) {
  Deno.test(`attaching to a container that ${message} says so, and attaches to nothing`, async () => {
    const { client, engine, container } = open();
    Object.assign(container.state, state);
    const error = await assertRejects(() => client.attach("box"), ContainerStateError, message);
    assertEquals(error.message.includes('"box"'), true);
    assertEquals(engine.routes, ["GET /containers/box/json"]);
  });
}

Deno.test("a container that ends while it is attached to is not waited for", async () => {
  const { client, engine, container, path } = open();
  engine.on(`GET ${path}/json`, () => {
    return json(200, {
      Id: container.id,
      State: { ...container.state, Running: false },
      Config: { Tty: false },
      HostConfig: {},
    });
  });
  await assertRejects(() => client.attach("box"), ContainerStateError, "is not running");
  for (const { whenClosed } of engine.connections) await whenClosed;
});

Deno.test("a container that is not there is the engine's error", async () => {
  const { client, engine } = open();
  engine.on("GET /containers/nope/json", () => json(404, { message: "No such container: nope" }));
  await assertRejects(() => client.attach("nope"), EngineError, "No such container: nope");
  await assertRejects(() => client.start("nope"), EngineError, "No such container: nope");
  for (const { whenClosed } of engine.connections) await whenClosed;
});

for (const verb of ["start", "attach"] as const) {
  Deno.test(`${verb}: stdin is attached where it is wanted and the container has one`, async () => {
    const cases = [
      { openStdin: true, wanted: "piped" as const, attached: true },
      { openStdin: true, wanted: "null" as const, attached: false },
      { openStdin: false, wanted: "piped" as const, attached: false },
    ];
    for (const { openStdin, wanted, attached } of cases) {
      const { client, engine, path } = open({ openStdin });
      await using session = await client[verb]("box", { stdin: wanted });
      assertEquals(session.stdin !== null, attached);
      assertEquals(engine.call(`POST ${path}/attach`).query.get("stdin"), attached ? "1" : null);
    }
  });

  Deno.test(`${verb}: stdin is half-closed only where that leaves the output open`, async () => {
    const cases = [
      { tty: false, stdinOnce: true, halfClosed: true },
      { tty: false, stdinOnce: false, halfClosed: false },
      { tty: true, stdinOnce: true, halfClosed: false },
    ];
    for (const { halfClosed, ...settings } of cases) {
      const { client, container } = open(settings);
      await using session = await client[verb]("box", { stdin: "piped" });
      await session.stdin!.close();
      const end = (await container.attached).receive();
      assertEquals(await settled(end), halfClosed, JSON.stringify(settings));
    }
  });

  Deno.test(`${verb}: whether there is a tty is the container's own setting`, async () => {
    for (const tty of [true, false]) {
      const { client, engine, path } = open({ tty });
      await using session = await client[verb]("box");
      assertEquals(session.tty, tty);
      assertEquals(engine.call(`POST ${path}/attach`).query.has("detachKeys"), tty);
    }
  });
}

Deno.test({
  name: "a client asks for the engine's version once, and says which it was given",
  permissions: { env: false },
  fn: async () => {
    const { engine } = open();
    const client = new Client({ endpoint: "unix:///fake.sock", dial: engine.dial });
    for (let session = 0; session < 2; session++) {
      await (await client.attach("box"))[Symbol.asyncDispose]();
    }
    assertEquals(engine.calls.filter(({ target }) => target === "/_ping").length, 1);
    const given = new Client({ endpoint: "localhost", dial: engine.dial, apiVersion: "1.30" });
    await (await given.attach("box"))[Symbol.asyncDispose]();
    assertEquals(engine.calls.at(-1)!.target.startsWith("/v1.30/"), true);
  },
});

Deno.test("a version that cannot be is refused before anything is sent", async () => {
  const { engine } = open();
  const client = new Client({ endpoint: "localhost", dial: engine.dial, apiVersion: "newest" });
  await assertRejects(() => client.attach("box"), InvalidOptionError, "newest");
  assertEquals(engine.connections, []);
});
