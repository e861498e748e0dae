import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import type { Connection } from "../../../src/transport/connection.ts";
import { FakeEngine } from "../../fakes/engine.ts";
import { turns } from "../../fakes/turns.ts";
Deno.test("abort while a hijack connects", async () => {
  const fake = new FakeEngine();
  const dialing = Promise.withResolvers<Connection>();
  const endpoint = { transport: "unix" as const, path: "/x" };
  const engine = new Engine(endpoint, () => dialing.promise, "1.41");
  const abort = new AbortController();
  const call = assertRejects(() =>
    engine.hijack({ method: "POST", path: ["a"], signal: abort.signal })
  );
  await turns();
  abort.abort(new Error("enough"));
  dialing.resolve(await fake.dial(endpoint));
  await call;
  assertEquals(fake.connections.map((c) => c.closeCount), [1]);
});
