/** `reconnect: true`: the output of a session that outlives its connection, whole or told to be not. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, ConnectionLostError, Expect } from "@dockerpty/dockerpty";
import { Relay } from "../engine/relay.ts";
import {
  container,
  type ContainerOptions,
  containerToCome,
  testWithEngine,
} from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import { isPodman } from "../engine/piped.ts";
import { bare, bytes, text } from "./sessions.ts";
import { collect, count, lines, upTo, watched } from "./reconnecting.ts";

for (const verb of ["attach", "start", "run"] as const) {
  testWithEngine(`library: reconnect: ${verb}: each stream is whole, over two cuts`, async () => {
    await using relay = new Relay();
    const { client, events, options } = watched(relay);
    const create = { cmd: ["sh", "-c", count], start: verb === "attach" };
    await using box = verb === "run" ? containerToCome() : await container(create);
    const { name } = box;
    await using session = verb === "run"
      ? await client.run("busybox", create.cmd, { ...options, network, name })
      : await client[verb](name, options);
    const stdout = collect(session.stdout);
    const stderr = collect(session.stderr!);
    for (const times of [1, 2]) {
      const seen = lines(stdout.text).length;
      await until(() => lines(stdout.text).length > seen + 20, { what: "lines" });
      relay.stop();
      await until(() => events.length === 2 * times - 1, { what: "the loss" });
      const last = lines((await box.logs()).stdout).length;
      const more = async () => lines((await box.logs()).stdout).length > last + 20;
      await until(more, { what: "more" });
      relay.again();
      await until(() => events.length === 2 * times, { what: "it" });
    }
    await box.exec(["touch", "/enough"]);
    assertEquals(await session.status, { reason: "exited", code: 4 });
    await Promise.all([stdout.ended, stderr.ended]);
    const shown = lines(stdout.text);
    assert(shown.length > 80, `${shown.length} lines`);
    // An attach begins where the container is by then.
    const [first, last] = [Number(shown[0]), Number(shown.at(-2))];
    assertEquals(shown, [...upTo(last).slice(first - 1), "end"]);
    const errors = lines(stderr.text);
    assertEquals(errors, upTo(last).slice(Number(errors[0]) - 1));
    assertEquals(
      events.filter(({ state }) => state !== "lost"),
      Array(2).fill({ state: "attached", complete: true }),
    );
  }, { limit: 120_000 });
}

const unread: ContainerOptions = {
  cmd: ["sh", "-c", count],
  start: false,
  hostConfig: { LogConfig: { Type: "none" } },
};

testWithEngine("library: reconnect: output that is missing is an error", async () => {
  await using relay = new Relay();
  await using box = await container(unread);
  const client = new Client({ endpoint: relay.host });
  await using session = await client.start(box.name, { reconnect: true, stderr: "null" });
  const reader = session.stdout.getReader();
  await reader.read();
  relay.cut();
  const words = "what the process wrote meanwhile is missing: the container's log does not have it";
  await assertRejects(() => session.status, ConnectionLostError, words);
  await assertRejects(
    async () => {
      while (!(await reader.read()).done);
    },
    ConnectionLostError,
    words,
  );
  assertEquals((await box.state()).Running, true);
});

testWithEngine(
  "library: reconnect: output that is missing is told, and the session goes on",
  async () => {
    await using relay = new Relay();
    await using box = await container(unread);
    const { client, events, options } = watched(relay);
    await using session = await client.start(box.name, options);
    const output = session.output();
    await relay.passed(/POST .*start/);
    relay.cut();
    await until(() => events.length === 2, { what: "it" });
    assertEquals(events, [{ state: "lost" }, { state: "attached", complete: false }]);
    await box.exec(["touch", "/enough"]);
    const { status, stdout } = await output;
    assertEquals(status, { reason: "exited", code: 4 });
    assertEquals(lines(text(stdout)).at(-1), "end");
  },
);

testWithEngine("library: reconnect: a prompt from before the attach is not missed", async () => {
  await using relay = new Relay();
  await using box = await container({ cmd: ["sh"], openStdin: true, tty: true });
  const { client, events, options } = watched(relay);
  // Not before the prompt is there: it is in no log, and not in the session.
  await using before = await client.attach(box.name, { stdin: "piped" });
  const shell = new Expect(before);
  await shell.send("\n");
  await shell.expect(/# $/);
  before.detach();
  await using session = await client.attach(box.name, { ...options, stdin: "piped" });
  const stdout = collect(session.stdout);
  const writer = session.stdin!.getWriter();
  for (const [times, word] of ["one", "two"].entries()) {
    await writer.write(bytes(`echo ${word}\n`));
    await until(() => stdout.text.split(`\n${word}\r\n`).at(1)?.includes("# "), { what: word });
    relay.cut();
    await until(() => events.length === 2 * (times + 1), { what: "the return" });
  }
  // Podman's log has a line that is not whole yet, as one of its own.
  const complete = !await isPodman();
  if (complete) {
    assertEquals(events.at(1), { state: "attached", complete });
    assertEquals(events.at(3), { state: "attached", complete });
  }
  session.detach();
  await stdout.ended;
  assertEquals(stdout.text.match(/^(one|two)\r$/gm), ["one\r", "two\r"]);
});

testWithEngine("library: reconnect: a stream that is not attached stays so", async () => {
  await using relay = new Relay();
  const { client, events, options } = watched(relay);
  await using box = containerToCome();
  await using session = await client.run("busybox", ["sh", "-c", count], {
    ...options,
    network,
    name: box.name,
    create: { AttachStderr: false },
  });
  const output = session.output();
  await relay.passed(/POST .*start/);
  relay.cut();
  await until(() => events.length === 2, { what: "the return" });
  await box.exec(["touch", "/enough"]);
  const { status, stdout, stderr } = await output;
  assertEquals(status, { reason: "exited", code: 4 });
  assertEquals(text(stderr), "");
  assertEquals(lines(text(stdout)), [...upTo(lines(text(stdout)).length - 1), "end"]);
});

/** A process that writes a line in pieces, of which the second comes while nobody is attached. */
const inPieces = (...rest: string[]) => [
  "sh",
  "-c",
  ["printf 'amount: '", "until [ -e /go ]; do usleep 10000; done", "printf 1000", "touch /went"]
    .concat(rest).join("; "),
];

for (const verb of ["run", "start"] as const) {
  testWithEngine(
    `library: reconnect: ${verb}: a line is whole that was written in the middle of`,
    async () => {
      await using relay = new Relay();
      const { client, events, options } = watched(relay);
      const command = inPieces("until [ -e /end ]; do usleep 10000; done", "echo 00 EUR");
      await using box = verb === "run"
        ? containerToCome()
        : await container({ cmd: command, start: false });
      const { name } = box;
      await using session = verb === "run"
        ? await client.run("busybox", command, { ...options, ...bare, name })
        : await client.start(name, options);
      const stdout = collect(session.stdout);
      await until(() => stdout.text === "amount: ", { what: "the beginning" });
      relay.stop();
      await until(() => events.length === 1, { what: "the loss" });
      await box.exec(["touch", "/go"]);
      await until(async () => (await box.exec(["ls", "/went"])).code === 0, { what: "the middle" });
      relay.again();
      await until(() => events.length === 2, { what: "the return" });
      await box.exec(["touch", "/end"]);
      await stdout.ended;
      // Podman's log has the pieces as lines of their own.
      const whole = !await isPodman();
      assertEquals(stdout.text, whole ? "amount: 100000 EUR\n" : "amount: 00 EUR\n");
      assertEquals(events.slice(1), [
        { state: "attached", complete: true },
        ...whole ? [] : [{ state: "attached", complete: false } as const],
      ]);
      assertEquals(await session.status, { reason: "exited", code: 0 });
    },
  );
}

testWithEngine(
  "library: reconnect: a line whose middle is missing is an error, or told",
  async () => {
    for (const told of [false, true]) {
      await using relay = new Relay();
      const { client, events, options } = watched(relay);
      // Its end comes in pieces as well: what is missing is in front of what was shown.
      const rest = ["until [ -e /end ]; do printf .; usleep 50000; done", "echo 00 EUR; sleep 0.5"];
      const onReconnect = told ? options.onReconnect : undefined;
      await using session = await client.run("busybox", inPieces(...rest), {
        ...bare,
        reconnect: true,
        onReconnect,
      });
      const stdout = collect(session.stdout);
      await until(() => stdout.text === "amount: ", { what: "the beginning" });
      relay.stop();
      await using box = containerToCome(session.id);
      await box.exec(["touch", "/go"]);
      await until(async () => (await box.exec(["ls", "/went"])).code === 0, { what: "the middle" });
      relay.again();
      await until(() => stdout.text.endsWith("."), { what: "more" });
      await box.exec(["touch", "/end"]);
      if (told) {
        await stdout.ended;
        assertEquals(events.map((event) => "complete" in event && event.complete), [
          false,
          true,
          false,
        ]);
        assertEquals(await session.status, { reason: "exited", code: 0 });
      } else {
        await assertRejects(() => stdout.ended, ConnectionLostError, "is missing");
      }
      assert(!stdout.text.includes("1000"));
    }
  },
);
