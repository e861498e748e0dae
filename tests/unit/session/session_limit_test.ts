import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EngineError, InvalidOptionError } from "../../../src/errors.ts";
import { Client } from "../../../src/session/client.ts";
import { SessionLimit } from "../../../src/session/session_limit.ts";
import { FakeEngine } from "../../fakes/engine.ts";
import { FakeExec } from "../../fakes/exec.ts";
import { settled, turns } from "../../fakes/turns.ts";

class Reason extends Error {}

Deno.test("places are handed out in the order in which they were asked for", async () => {
  const limit = new SessionLimit(2);
  const entered: number[] = [];
  const take = async (which: number) => {
    const giveBack = await limit.take();
    entered.push(which);
    return giveBack;
  };
  const taken = [1, 2, 3, 4].map(take);
  await turns();
  assertEquals(entered, [1, 2]);
  const second = await taken[1];
  second();
  second(); // it had one place, and not two
  await turns();
  assertEquals(entered, [1, 2, 3]);
  (await taken[0])();
  (await taken[2])();
  (await taken[3])();
  // Both are free again, and nothing more.
  await Promise.all([take(5), take(6)]);
  assertEquals(await settled(take(7)), false);
});

Deno.test("whoever gives up leaves the queue, and takes no place", async () => {
  const limit = new SessionLimit(1);
  const giveBack = await limit.take();
  const abort = new AbortController();
  const first = limit.take(abort.signal);
  const second = limit.take();
  abort.abort(new Reason());
  await assertRejects(() => first, Reason);
  assertEquals(await settled(second), false);
  giveBack();
  (await second)();
  await assertRejects(() => limit.take(abort.signal), Reason);
  (await limit.take())();
});

Deno.test("there is room for one at least", () => {
  for (const max of [0, -1, 1.5, NaN]) {
    assertThrows(() => new Client({ maxSessions: max }), InvalidOptionError, "maxSessions");
  }
});

Deno.test("a session has its place until it ends, is left, or could not be opened", async () => {
  const engine = new FakeEngine();
  const exec = new FakeExec(engine);
  const options = { endpoint: "localhost", dial: engine.dial, apiVersion: "1.41", maxSessions: 1 };
  const client = new Client(options);
  const open = () => client.exec("box", ["cat"]);

  await assertRejects(() => client.exec("none", ["cat"]), EngineError);
  const left = await open();
  const second = open();
  assertEquals(await settled(second), false);
  // What an open session asks for need not wait.
  await left.resize({ rows: 10, columns: 20 });
  left.detach();
  const ended = await second;
  const third = open();
  await exec.exit(0);
  engine.call("POST /exec/e4ec/start").connection.close();
  await ended.output();
  const aborted = new AbortController();
  await (await third)[Symbol.asyncDispose]();
  const fourth = await client.exec("box", ["cat"], { signal: aborted.signal });
  aborted.abort(new Reason());
  await assertRejects(() => fourth.status, Reason);
  await (await open())[Symbol.asyncDispose]();
});
