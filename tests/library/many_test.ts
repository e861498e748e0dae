/** Many sessions at once, and a limit to them. */
import { assertEquals, assertRejects } from "@std/assert";
import { Client, EngineError, type Session } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { manySessions } from "../load/many_sessions.ts";
import { idle, readUntil, watchedDial } from "./sessions.ts";

testWithEngine("library: many: 100 execs are open at once, each with its own output", async () => {
  await using box = await idle();
  await manySessions(box.name, 100);
}, { limit: 120_000 });

class Reason extends Error {}

testWithEngine("library: many: maxSessions holds back what is too much, and no more", async () => {
  await using box = await idle();
  let begun = 0;
  const request = (line: string) => void (/\/exec\/\w+\/start/.test(line) && begun++);
  const client = new Client({ maxSessions: 2, dial: watchedDial({ request }) });
  const command = ["sh", "-c", "echo ready; exec sleep 60"];
  const open = (signal?: AbortSignal) => client.exec(box.name, command, { tty: true, signal });
  const first = await open();
  await using second = await open();
  await readUntil(first.stdout, "ready");
  await readUntil(second.stdout, "ready");
  const abort = new AbortController();
  const given = open(abort.signal);
  let third: Session | undefined;
  const opening = open().then((session) => third = session);
  abort.abort(new Reason());
  await assertRejects(() => given, Reason);
  // Those that are open are served while others wait, with all that needs a connection more.
  await first.resize({ rows: 10, columns: 20 });
  assertEquals([begun, third], [2, undefined]);
  await first.kill("SIGKILL");
  assertEquals(await first.status, { reason: "exited", code: 137 });
  await using last = await opening;
  await readUntil(last.stdout, "ready");
  second.detach();
  // What cannot be opened gives its place back.
  for (let time = 0; time < 3; time++) {
    await assertRejects(() => client.exec("dockerpty-test-none", command), EngineError);
  }
  await using _ = await open();
});
