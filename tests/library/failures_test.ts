/** What cannot be opened: an error that says why, and nothing left behind. */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Client, ConnectionError, ContainerStateError, DockerptyError } from "@dockerpty/dockerpty";
import { ConnectionLostError, EngineError, InvalidOptionError } from "@dockerpty/dockerpty";
import { Relay } from "../engine/relay.ts";
import { container, containerToCome, testWithEngine, uniqueName } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { bare, client, idle, readUntil } from "./sessions.ts";

async function refused(open: () => Promise<unknown>, status: number, says: string): Promise<void> {
  const error = await assertRejects(open, EngineError, says);
  assertInstanceOf(error, DockerptyError);
  assertEquals(error.status, status, error.message);
  assert(error.path.startsWith("/v1."), error.path);
}

testWithEngine("library: failures: a missing image", async () => {
  await using box = containerToCome();
  const image = "dockerpty-test-no-such-image";
  const options = { ...bare, name: box.name, pull: "never" } as const;
  await refused(() => client.run(image, ["true"], options), 404, image);
  assert(!await box.exists());
});

testWithEngine("library: failures: a missing command, and the container is gone", async () => {
  for (
    const [command, status] of [["/nope", [400, 404, 409, 500]], ["/etc", [400, 409, 500]]] as const
  ) {
    await using box = containerToCome();
    const error = await assertRejects(
      () => client.run("busybox", [command], { ...bare, name: box.name }),
      EngineError,
      command,
    );
    assert((status as readonly number[]).includes(error.status), `${error.status}`);
    await box.removed();
  }
});

testWithEngine("library: failures: without --rm, the container stays to be looked at", async () => {
  await using box = containerToCome();
  const options = { network, name: box.name };
  await assertRejects(() => client.run("busybox", ["/nope"], options), EngineError);
  assertEquals((await box.state()).Running, false);
});

testWithEngine("library: failures: a missing command of an exec is a code", async () => {
  await using box = await idle();
  for (const [command, code] of [["/nope", 127], ["/etc", 126]] as const) {
    const { status, stdout, stderr } = await (await client.exec(box.name, [command])).output();
    assertEquals([status, stdout.length], [{ reason: "exited", code }, 0]);
    assert(new TextDecoder().decode(stderr).includes(command));
  }
});

testWithEngine("library: failures: missing, stopped and paused containers", async () => {
  const name = uniqueName();
  await refused(() => client.start(name), 404, name);
  await refused(() => client.attach(name), 404, name);
  await refused(() => client.exec(name, ["true"]), 404, name);
  await using box = await container({ cmd: ["cat"], openStdin: true, start: false });
  await assertRejects(() => client.attach(box.name), ContainerStateError, "not running");
  await assertRejects(() => client.exec(box.name, ["true"]), DockerptyError);
  await box.start();
  await box.pause();
  await assertRejects(() => client.attach(box.name), ContainerStateError, "paused");
  await box.unpause();
});

testWithEngine("library: failures: no engine, and options that cannot be", async () => {
  const nowhere = new Client({ endpoint: "unix:///dockerpty-test/no/such.sock" });
  await assertRejects(() => nowhere.run("busybox"), ConnectionError, "no/such.sock");
  await assertRejects(() => client.run(""), InvalidOptionError);
  await assertRejects(() => client.exec("any", []), InvalidOptionError);
  await assertRejects(() => client.exec("any", ["true"], { env: ["=x"] }), InvalidOptionError);
});

testWithEngine("library: failures: a connection that is lost", async () => {
  await using relay = new Relay();
  await using box = await idle();
  const far = new Client({ endpoint: relay.host });
  const command = ["sh", "-c", "echo ready; exec sleep 60"];
  const session = await far.exec(box.name, command);
  await readUntil(session.stdout, "ready\n");
  relay.stop();
  await assertRejects(() => session.status, ConnectionLostError, "may still be running");
  await session[Symbol.asyncDispose]();
});
