import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import {
  createExec,
  inspectExec,
  resizeExec,
  startExec,
  startExecDetached,
} from "../../../src/engine/execs.ts";
import { EngineError, ProtocolError } from "../../../src/errors.ts";
import { FakeEngine, json, upgraded } from "../../fakes/engine.ts";

/** An engine to call, and the fake behind it. */
function engines(): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41"), fake];
}

Deno.test("creating an exec sends its body; the id comes back", async () => {
  const [engine, fake] = engines();
  fake.on("POST /containers/a%2Fb/exec", () => json(201, { Id: "e" }), () => json(201, {}));
  const body = { Cmd: ["sh"], Tty: true };
  assertEquals(await createExec(engine, "a/b", body), "e");
  assertEquals(fake.call("POST /containers/a%2Fb/exec").body, body);
  await assertRejects(() => createExec(engine, "a/b", body), ProtocolError, "id");
});

Deno.test("starting an exec hands out the stream, and tells the tty and its size again", async () => {
  const [engine, fake] = engines();
  fake.on("POST /exec/e/start", async ({ connection }) => {
    await connection.send(upgraded());
    await connection.closeWrite();
  });
  const { connection } = await startExec(engine, "e", { tty: true, consoleSize: [20, 70] });
  assertEquals(await connection.read(new Uint8Array(1)), null);
  const call = fake.call("POST /exec/e/start");
  assertEquals(call.body, { Detach: false, Tty: true, ConsoleSize: [20, 70] });
  assertEquals(call.headers.get("upgrade"), "tcp");
  connection.close();
});

Deno.test("starting an exec detached asks for no stream", async () => {
  const [engine, fake] = engines();
  fake.on("POST /exec/e/start", () => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await startExecDetached(engine, "e", { tty: false });
  const call = fake.call("POST /exec/e/start");
  assertEquals(call.body, { Detach: true, Tty: false });
  assertEquals(call.headers.has("upgrade"), false);
});

Deno.test("a refused start of an exec is the engine's error", async () => {
  const [engine, fake] = engines();
  fake.on("POST /exec/e/start", () => json(409, { message: "Container c is paused" }));
  const start = () => startExec(engine, "e", { tty: false });
  await assertRejects(start, EngineError, "Container c is paused");
});

Deno.test("an exec is resized and inspected by its id", async () => {
  const [engine, fake] = engines();
  fake.on("POST /exec/e/resize", () => json(201, null));
  fake.on("GET /exec/e/json", () => json(200, { Running: true, ExitCode: null, Pid: 7 }));
  await resizeExec(engine, "e", { rows: 20, columns: 70 });
  assertEquals(fake.call("POST /exec/e/resize").target, "/v1.41/exec/e/resize?h=20&w=70");
  assertEquals(await inspectExec(engine, "e"), { Running: true, ExitCode: null, Pid: 7 });
});
