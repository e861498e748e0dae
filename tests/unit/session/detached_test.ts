import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { EngineError, InvalidOptionError } from "../../../src/errors.ts";
import { execDetached, runDetached } from "../../../src/session/detached.ts";
import { FakeContainer } from "../../fakes/container.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";
import { FakeExec } from "../../fakes/exec.ts";

/** An engine to call, and the fake behind it. */
function engines(): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41"), fake];
}

Deno.test("a detached run creates and starts, attaches to nothing, and tells the id", async () => {
  const [engine, fake] = engines();
  const { id } = new FakeContainer(fake);
  const options = { name: "box", stdin: "piped" as const, tty: true };
  assertEquals(await runDetached(engine, "busybox", ["sh"], options), id);
  assertEquals(fake.routes, ["POST /containers/create", `POST /containers/${id}/start`]);
  const { query, body } = fake.call("POST /containers/create");
  assertEquals(query.get("name"), "box");
  const settings = body as Record<string, unknown>;
  const { Cmd, Tty, OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr } = settings;
  assertEquals([Cmd, Tty, OpenStdin], [["sh"], true, true]);
  // Whoever attaches later finds its stdin open, and leaves it open.
  assertEquals([StdinOnce, AttachStdin, AttachStdout, AttachStderr], [false, false, false, false]);
});

Deno.test("a detached run that is refused is the engine's error", async () => {
  const [engine, fake] = engines();
  const { id } = new FakeContainer(fake);
  fake.on(`POST /containers/${id}/start`, () => json(500, { message: "no cgroup" }));
  await assertRejects(() => runDetached(engine, "busybox", [], {}), EngineError, "no cgroup");
});

Deno.test("a detached exec creates and starts, and attaches to nothing", async () => {
  const [engine, fake] = engines();
  new FakeExec(fake);
  await execDetached(engine, "box", ["touch", "/x"], { tty: true, user: "nobody" });
  assertEquals(fake.routes, ["POST /containers/box/exec", "POST /exec/e4ec/start"]);
  const { Cmd, User, Tty, AttachStdin, AttachStdout, AttachStderr } = fake
    .call("POST /containers/box/exec").body as Record<string, unknown>;
  assertEquals([Cmd, User, Tty], [["touch", "/x"], "nobody", true]);
  assertEquals([AttachStdin, AttachStdout, AttachStderr], [false, false, false]);
  assertEquals(fake.call("POST /exec/e4ec/start").body, { Detach: true, Tty: true });
  await assertRejects(() => execDetached(engine, "box", [], {}), InvalidOptionError);
});
