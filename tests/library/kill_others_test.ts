/** Signals to an exec whose processes are told from those of others, or not told: no other one gets them. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { capture, Client, type Session, SignalError } from "@dockerpty/dockerpty";
import { alive, isPodman } from "../engine/piped.ts";
import { container, testWithEngine, uniqueName } from "../harness/engine.ts";
import { request } from "../harness/engine_api.ts";
import { until } from "../harness/until.ts";
import { client, idle, readUntil } from "./sessions.ts";

testWithEngine(
  "library: kill: the container has another name, and another one has its",
  async () => {
    await using box = await idle();
    const started = async (name: string, script: string) => {
      const session = await client.exec(name, ["sh", "-c", script], { dispose: "kill" });
      await readUntil(session.stdout, "ready\n");
      return session;
    };
    const captured = await started(box.name, "echo ready; exec sleep 61");
    const disposed = await started(box.name, "echo ready; exec sleep 62");
    await box.rename(uniqueName());
    await using other = await container({ name: box.name, cmd: ["cat"], openStdin: true });
    await using _bystander = await started(other.name, "echo ready; exec env -i sleep 71");
    const error = await assertRejects(() => capture(captured, { timeout: 1 }), DOMException);
    assertEquals(error.cause, undefined);
    await disposed[Symbol.asyncDispose]();
    assertEquals(await alive(box), ["cat"]);
    assertEquals(await alive(other), ["cat", "sleep 71"]);
  },
);

testWithEngine("library: kill: an exec of whose end the engine does not know yet", async () => {
  await using box = await idle();
  const without = ["sh", "-c", "exec env -i sh -c 'echo ready; sleep 71; :'"];
  await using other = await client.exec(box.name, without);
  await readUntil(other.stdout, "ready\n");
  // Docker tells of an end when it has done waiting for the output of those that ended before.
  const waiting = async (script: string) => {
    const session = await client.exec(box.name, ["sh", "-c", script], { stdin: "piped" });
    await readUntil(session.stdout, "ready\n");
    return session;
  };
  const job = await waiting("sleep 400 & echo ready; read first");
  await using session = await waiting("echo ready; read second");
  for (const [{ stdin }, line] of [[job, "read first"], [session, "read second"]] as const) {
    await stdin!.close();
    // Asked of the host: an exec would be one more end.
    const top = async () => (await request("GET", `/containers/${box.id}/top`)).text();
    await until(async () => !(await top()).includes(line), { what: `the end of ${line}` });
  }
  await session.kill("SIGTERM");
  assert((await alive(box)).includes("sleep 71"));
  await job[Symbol.asyncDispose]();
});

testWithEngine("library: kill: execs without an environment, all at once", async () => {
  await using box = await idle();
  const script =
    "exec env -i sh -c 'trap \"echo told\" USR1; echo ready; while :; do sleep 61 & wait; done'";
  const sessions = await Promise.all([1, 2, 3].map(async () => {
    const session = await client.exec(box.name, ["sh", "-c", script]);
    await readUntil(session.stdout, "ready\n");
    return session;
  }));
  await Promise.all(sessions.map((session) => session.kill("SIGUSR1")));
  for (const session of sessions) await readUntil(session.stdout, "told\n");
  await Promise.all(sessions.map((session) => session.kill("SIGKILL")));
  for (const session of sessions) {
    assertEquals(await session.status, { reason: "exited", code: 137 });
  }
  assertEquals(await alive(box), ["cat"]);
});

testWithEngine("library: kill: an exec without an environment among those of others", async () => {
  await using box = await idle();
  const command = ["sh", "-c", "exec env -i sh -c 'echo $0 ready; sleep 61; :' \"$0\""];
  // Each is another client's, as docker's own: nothing is known of the others here.
  const opened: Session[] = [];
  for (const name of ["first", "second", "third", "fourth"]) {
    const session = await new Client().exec(box.name, [...command, name]);
    await readUntil(session.stdout, `${name} ready\n`);
    opened.push(session);
  }
  const [first, second, third, fourth] = opened;
  // Another one that has kept its variable is among them, and one that was started in between.
  await using other = await client.exec(box.name, ["sh", "-c", "echo ready; sleep 62; :"]);
  await readUntil(other.stdout, "ready\n");
  await third.kill("SIGKILL");
  assertEquals(await third.status, { reason: "exited", code: 137 });
  await Promise.all([first.kill("SIGKILL"), fourth.kill("SIGKILL")]);
  for (const { status } of [first, fourth]) {
    assertEquals(await status, { reason: "exited", code: 137 });
  }
  const left = (await alive(box)).filter((line) => line.startsWith("sleep"));
  assertEquals(left.toSorted(), ["sleep 61", "sleep 62"]);
  await second.kill("SIGKILL");
  assertEquals(await second.status, { reason: "exited", code: 137 });
});

testWithEngine(
  "library: kill: an exec that cannot be told from what another container runs is left alone",
  async () => {
    await using owner = await idle();
    await using box = await container({
      cmd: ["cat"],
      openStdin: true,
      hostConfig: { PidMode: `container:${owner.name}` },
    });
    // What its parent has left comes to a process that is none of the container's.
    const command = ["sh", "-c", "exec env -i sh -c '(sleep 62 &); echo ready; sleep 61; :'"];
    await using session = await client.exec(box.name, command);
    await readUntil(session.stdout, "ready\n");
    // Podman's own list has the ids inside.
    const podman = await isPodman();
    if (podman) await session.kill("SIGKILL");
    else {
      const error = await assertRejects(() => session.kill("SIGKILL"), SignalError);
      assertEquals(
        error.message,
        "cannot send SIGKILL to the command: its main process cannot be told from others in the " +
          "container, as it has replaced its environment or user (candidates: 2)",
      );
    }
    const left = (await alive(owner)).filter((line) => !line.startsWith("sh"));
    const sleeping = ["sleep 61", "sleep 62"].filter((line) => left.includes(line));
    assertEquals(sleeping, podman ? [] : ["sleep 61", "sleep 62"]);
    assertEquals((await box.state()).Running, true);
  },
);
