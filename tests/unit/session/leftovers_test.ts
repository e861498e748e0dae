import { assert, assertEquals } from "@std/assert";
import { Client } from "../../../src/session/client.ts";
import { payloadReader } from "../../../src/session/output.ts";
import { outputStreams } from "../../../src/session/output_streams.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { FakeContainer } from "../../fakes/container.ts";
import { FakeEngine } from "../../fakes/engine.ts";
import { FakeExec } from "../../fakes/exec.ts";
import { frame } from "../../fakes/bytes.ts";
import { settled, turns } from "../../fakes/turns.ts";

Deno.test("abort while the wait's head is awaited", async () => {
  const engine = new FakeEngine();
  const container = new FakeContainer(engine);
  engine.on(`POST /containers/${container.id}/wait`, () => new Promise<void>(() => {}));
  const client = new Client({ endpoint: "localhost", dial: engine.dial, apiVersion: "1.41" });
  const abort = new AbortController();
  const running = client.run("busybox", [], { signal: abort.signal });
  running.catch(() => {});
  await turns();
  abort.abort(new Error("enough"));
  assertEquals(await settled(running), true);
});

Deno.test("after detach an exec asks the engine nothing more", async () => {
  const engine = new FakeEngine();
  const exec = new FakeExec(engine);
  const client = new Client({ endpoint: "localhost", dial: engine.dial, apiVersion: "1.41" });
  const session = await client.exec("box", ["sh"]);
  const out = session.output();
  await exec.started;
  await turns();
  const before = engine.routes.length;
  session.detach();
  await out;
  await turns();
  assertEquals(engine.routes.length, before);
});

Deno.test("a small piece does not keep a large buffer alive", async () => {
  const [client, server] = connectionPair();
  const { stdout } = outputStreams(payloadReader(client, true), false);
  await server.send(frame(1, "x"));
  const { value } = await stdout!.getReader().read();
  assert(value!.buffer.byteLength <= 4096, String(value!.buffer.byteLength));
});
