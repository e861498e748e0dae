/** `--reconnect`: a session that comes back when its connection was cut. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  container,
  type ContainerOptions,
  containerToCome,
  testWithEngine,
} from "../harness/engine.ts";
import { networkFlags } from "../harness/network.ts";
import { until } from "../harness/until.ts";
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

/** Writes numbers to both streams, slowly, until there is a file. */
const count = [
  "i=0",
  "until [ -e /enough ]; do i=$((i + 1)); echo $i; echo $i >&2; usleep 10000; done",
  "echo end; exit 4",
].join("; ");
const lines = (text: string) => plain(text).split("\n").filter((line) => line !== "");
const upTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));
const FROM_LOG = "what was written meanwhile is from the container's log, in whole lines";

for (const verb of ["attach", "start", "run"]) {
  testWithEngine(
    `command: reconnect: ${verb}: what was written meanwhile is shown once`,
    async () => {
      await using relay = new Relay();
      const create = { cmd: ["sh", "-c", count], start: verb === "attach" };
      await using box = verb === "run" ? containerToCome() : await container(create);
      const args: Record<string, string[]> = {
        attach: ["attach", "--no-stdin", "--reconnect", box.name],
        start: ["start", "-a", "--reconnect", box.name],
        run: [
          "run",
          ...networkFlags,
          "--reconnect",
          "--name",
          box.name,
          "busybox",
          ...create.cmd,
        ],
      };
      await using live = new Live(["-H", relay.host, ...args[verb]]);
      await live.waitFor("50\n");
      for (const times of [1, 2]) {
        relay.stop();
        await live.waitFor("attaching again", { stream: "stderr" });
        const { stdout } = await box.logs();
        const last = lines(stdout).length;
        await until(async () => lines((await box.logs()).stdout).length > last + 20, {
          what: "more",
        });
        relay.again();
        await until(() => live.stderr.split("attached again; ").length > times, { what: "it" });
      }
      await box.exec(["touch", "/enough"]);
      const { code, stdout, stderr } = await live.end();
      const shown = lines(stdout);
      const first = Number(shown[0]);
      if (verb !== "attach") assertEquals(first, 1);
      assertEquals(shown, [...upTo(shown.length - 2 + first).slice(first - 1), "end"]);
      assertEquals([code, stderr.split(`attached again; ${FROM_LOG}\n`).length], [4, 3]);
      const numbers = lines(stderr).filter((line) => /^[0-9]+$/.test(line));
      assertEquals(
        numbers,
        upTo(numbers.length + Number(numbers[0]) - 1).slice(Number(numbers[0]) - 1),
      );
    },
    { limit: 120_000 },
  );
}

testWithEngine("command: reconnect: the last words of a container that has ended", async () => {
  await using relay = new Relay();
  await using box = await container({ cmd: ["sh", "-c", count], start: false });
  await using live = new Live(["-H", relay.host, "start", "-a", "--reconnect", box.name]);
  await live.waitFor("50\n");
  relay.stop();
  await box.exec(["touch", "/enough"]);
  await until(async () => !(await box.state()).Running, { what: "its end" });
  relay.again();
  const { code, stdout, stderr } = await live.end();
  assertEquals(code, 4);
  const shown = lines(stdout);
  assertEquals(shown, [...upTo(shown.length - 1), "end"]);
  assertStringIncludes(stderr, `the container has ended in between; ${FROM_LOG}\n`);
});

testWithEngine(
  "command: reconnect: of a log that cannot be read it is said what is missing",
  async () => {
    await using relay = new Relay();
    await using box = await container({
      cmd: ["sh", "-c", count],
      start: false,
      hostConfig: { LogConfig: { Type: "none" } },
    });
    await using live = new Live(["-H", relay.host, "start", "-a", "--reconnect", box.name]);
    await live.waitFor("50\n");
    relay.cut();
    await live.waitFor("attached again; what the process wrote meanwhile may be missing here", {
      stream: "stderr",
    });
    await box.exec(["touch", "/enough"]);
    const { code, stdout } = await live.end();
    assertEquals([code, lines(stdout).at(-1)], [4, "end"]);
  },
);

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
