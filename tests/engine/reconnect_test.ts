/** `--reconnect`: a session that comes back when its connection was cut. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { container, type ContainerOptions, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { idle, isPodman } from "./piped.ts";
import { Relay } from "./relay.ts";

// Podman ends the stdin of a process with the connection of a client, unless that is a terminal.
const tty = await isPodman().catch(() => false);
const echo = ["sh", "-c", 'stty -echo; while read line; do echo "got $line"; done; exit 4'];
const open: ContainerOptions = { cmd: echo, openStdin: true, tty };
/** Output without what a terminal makes of its line ends. */
const plain = (text: string) => text.replaceAll("\r", "");

testWithEngine(
  "command: reconnect: output and input go on, and the code is the process's",
  async () => {
    await using relay = new Relay();
    await using box = await container(open);
    await using attach = new Live(["-H", relay.host, "attach", "--reconnect", box.name], {
      stdin: "piped",
    });
    await attach.write("one\n");
    await attach.waitFor("got one");
    for (const [times, line] of [[1, "two"], [2, "three"]] as const) {
      relay.cut();
      await relay.passed(/POST .*attach/, times + 1);
      await attach.write(`${line}\n`);
      await attach.waitFor(`got ${line}`);
    }
    await box.kill();
    const { code, stdout, stderr } = await attach.end();
    assertEquals([code, plain(stdout)], [137, "got one\ngot two\ngot three\n"]);
    assertEquals(stderr.match(/connection to the engine was lost; attaching again/g)?.length, 2);
    assertEquals(stderr.match(/attached again/g)?.length, 2);
  },
);

testWithEngine("command: reconnect: the engine is away for a while", async () => {
  await using relay = new Relay();
  await using box = await container(open);
  await using attach = new Live(["-H", relay.host, "attach", "--reconnect", box.name], {
    stdin: "piped",
  });
  await attach.write("one\n");
  await attach.waitFor("got one");
  relay.stop();
  await attach.waitFor("attaching again", { stream: "stderr" });
  attach.kill("SIGTERM");
  // Nothing is being presented: a signal ends the client, not the container.
  assertEquals((await attach.end()).signal, "SIGTERM");
  assertEquals((await box.state()).Running, true);
});

testWithEngine("command: reconnect: a container that ended in between tells its code", async () => {
  await using relay = new Relay();
  await using box = await container(open);
  await using attach = new Live(["-H", relay.host, "attach", "--reconnect", box.name], {
    stdin: "piped",
  });
  await attach.write("one\n");
  await attach.waitFor("got one");
  relay.cut();
  await box.kill();
  const { code } = await attach.end();
  assertEquals(code, 137);
});

testWithEngine(
  "command: reconnect: an exec cannot be come back to, and has no such flag",
  async () => {
    await using box = await idle();
    await using exec = new Live(["exec", "--reconnect", box.name, "true"]);
    const { code, stderr } = await exec.end();
    assertEquals(code, 125);
    assertStringIncludes(stderr, "unknown flag: --reconnect");
  },
);
