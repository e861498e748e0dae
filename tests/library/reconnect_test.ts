/** `reconnect: true`: a program's session that outlives its connection. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Client,
  ConnectionError,
  ConnectionLostError,
  ContainerStateError,
  Expect,
  ExpectError,
  InvalidOptionError,
  type ReconnectEvent,
} from "@dockerpty/dockerpty";
import { Relay } from "../engine/relay.ts";
import {
  container,
  type ContainerOptions,
  containerToCome,
  testWithEngine,
} from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import { bare, bytes, client, idle, text } from "./sessions.ts";
import { asleep, collect, count, echo, lines, upTo, watched } from "./reconnecting.ts";

testWithEngine(
  "library: reconnect: output and input go on, and the code is the process's",
  async () => {
    await using relay = new Relay();
    await using box = await container(echo);
    const { client, events, options } = watched(relay);
    await using session = await client.attach(box.name, { ...options, stdin: "piped" });
    const stdout = collect(session.stdout);
    const writer = session.stdin!.getWriter();
    await writer.write(bytes("one\n"));
    await until(() => stdout.text.includes("got one"), { what: "one" });
    for (const word of ["two", "three"]) {
      relay.cut();
      await until(() => events.at(-1)?.state === "lost", { what: "the loss" });
      // While it is away: it waits, and is not lost.
      await writer.write(bytes(`${word}\n`));
      await until(() => stdout.text.includes(`got ${word}`), { what: word });
    }
    await box.kill();
    assertEquals(await session.status, { reason: "exited", code: 137 });
    await stdout.ended;
    assertEquals(lines(stdout.text), ["got one", "got two", "got three"]);
    const back = { state: "attached", complete: true } as const;
    assertEquals(events, [{ state: "lost" }, back, { state: "lost" }, back]);
  },
);

testWithEngine(
  "library: reconnect: the last words of a container that ended in between",
  async () => {
    await using relay = new Relay();
    await using box = await container({ cmd: ["sh", "-c", count], start: false });
    const { client, events, options } = watched(relay);
    await using session = await client.start(box.name, options);
    const output = session.output();
    await until(async () => (await box.logs()).stdout.includes("\n20\n"), { what: "some lines" });
    relay.stop();
    await box.exec(["touch", "/enough"]);
    await until(async () => !(await box.state()).Running, { what: "its end" });
    relay.again();
    const { status, stdout, stderr } = await output;
    assertEquals(status, { reason: "exited", code: 4 });
    const shown = lines(text(stdout));
    assertEquals(shown, [...upTo(shown.length - 1), "end"]);
    assertEquals(lines(text(stderr)), upTo(shown.length - 1));
    assertEquals(events, [{ state: "lost" }, { state: "ended", complete: true }]);
  },
);

testWithEngine(
  "library: reconnect: stdin that ended with the connection takes no more",
  async () => {
    await using relay = new Relay();
    const { client, events, options } = watched(relay);
    await using session = await client.run("busybox", ["sh", "-c", "wc -c; sleep 1"], {
      ...options,
      ...bare,
      stdin: "piped",
    });
    const output = session.output();
    const writer = session.stdin!.getWriter();
    await writer.write(bytes("12345"));
    relay.cut();
    await until(() => events.length === 2, { what: "the return" });
    await assertRejects(() => writer.write(bytes("67")), ConnectionError, "takes no more input");
    await output;
  },
);

testWithEngine("library: reconnect: a program with a terminal repaints its screen", async () => {
  await using relay = new Relay();
  const { client, events, options } = watched(relay);
  const script = "trap 'echo size; stty size' WINCH; echo ready; while :; do sleep 0.05; done";
  await using session = await client.run("busybox", ["sh", "-c", script], {
    ...options,
    ...bare,
    tty: true,
    size: { rows: 20, columns: 70 },
  });
  try {
    const stdout = collect(session.stdout);
    await until(() => stdout.text.includes("ready"), { what: "it" });
    relay.cut();
    await until(() => events.length === 2, { what: "the return" });
    await until(() => /size\r\n20 70\r\n$/.test(stdout.text), {
      what: () => JSON.stringify(stdout.text),
    });
  } finally {
    await session.kill("SIGKILL");
  }
});

testWithEngine("library: reconnect: a kill while it is away reaches the process", async () => {
  await using relay = new Relay();
  const { client, events, options } = watched(relay);
  await using box = await container({ cmd: ["sleep", "60"] });
  await using session = await client.attach(box.name, options);
  const { status } = session;
  relay.stop();
  await until(() => events.length === 1, { what: "the loss" });
  const killed = session.kill("SIGKILL");
  relay.again();
  await killed;
  assertEquals(await status, { reason: "exited", code: 137 });
});

testWithEngine(
  "library: reconnect: a session can be left, and aborted, while it is away",
  async () => {
    class Reason extends Error {}
    await using box = await asleep();
    for (const how of ["detach", "dispose", "abort"]) {
      await using relay = new Relay();
      const { client, events, options } = watched(relay);
      const abort = new AbortController();
      const { signal } = abort;
      const session = await client.attach(box.name, { ...options, signal });
      const { status } = session;
      relay.stop();
      await until(() => events.length === 1, { what: "the loss" });
      if (how === "detach") session.detach();
      else if (how === "dispose") await session[Symbol.asyncDispose]();
      else abort.abort(new Reason());
      if (how === "abort") await assertRejects(() => status, Reason);
      else assertEquals(await status, { reason: "detached" });
    }
    assertEquals((await box.state()).Running, true);
  },
);

testWithEngine("library: reconnect: what a callback throws ends the session", async () => {
  class Thrown extends Error {}
  await using box = await asleep();
  for (const state of ["lost", "attached"]) {
    await using relay = new Relay();
    const client = new Client({ endpoint: relay.host });
    await using session = await client.attach(box.name, {
      reconnect: true,
      onReconnect: (event) => {
        if (event.state === state) throw new Thrown();
      },
    });
    const { status } = session;
    relay.cut();
    await assertRejects(() => status, Thrown);
  }
});

testWithEngine("library: reconnect: a container that is gone is given up", async () => {
  await using relay = new Relay();
  const { client, events, options } = watched(relay);
  await using session = await client.run("busybox", ["sleep", "60"], { ...options, ...bare });
  const { status } = session;
  relay.stop();
  await until(() => events.length === 1, { what: "the loss" });
  {
    await using _box = containerToCome(session.id);
  }
  relay.again();
  await assertRejects(() => status, ConnectionLostError, "was removed since");
});

for (const verb of ["attach", "start", "run"] as const) {
  testWithEngine(
    `library: reconnect: ${verb}: what was meant for a process is for no other one`,
    async () => {
      const log = "echo started; while read line; do echo got $line >>/tmp/got; done";
      const create: ContainerOptions = { cmd: ["sh", "-c", log], openStdin: true, tty: true };
      await using relay = new Relay();
      const { client, events, options } = watched(relay);
      await using made = verb === "run" ? null : await container({
        ...create,
        start: verb === "attach",
      });
      await using session = verb === "run"
        ? await client.run("busybox", create.cmd!, {
          ...options,
          tty: true,
          stdin: "piped",
          network,
        })
        : await client[verb](made!.name, { ...options, stdin: "piped" });
      await using box = made === null ? containerToCome(session.id) : null;
      const { status } = session;
      const writer = session.stdin!.getWriter();
      await writer.write(bytes("first\n"));
      const got = async () => (await (made ?? box)!.exec(["cat", "/tmp/got"])).stdout;
      await until(async () => await got() === "got first\n", { what: "the first line" });
      relay.stop();
      await until(() => events.length === 1, { what: "the loss" });
      const second = writer.write(bytes("second\n"));
      second.catch(() => {});
      await (made ?? box)!.restart();
      relay.again();
      const error = await assertRejects(
        () => status,
        ConnectionLostError,
        "was started again since",
      );
      assertEquals(error.cause instanceof ContainerStateError, true);
      await assertRejects(() => second, ConnectionError);
      assertEquals(await got(), "got first\n");
    },
  );
}

testWithEngine(
  "library: reconnect: a container that is paused meanwhile is waited for",
  async () => {
    await using relay = new Relay();
    await using box = await container(echo);
    const { client, events, options } = watched(relay);
    await using session = await client.attach(box.name, { ...options, stdin: "piped" });
    const stdout = collect(session.stdout);
    const writer = session.stdin!.getWriter();
    relay.stop();
    await until(() => events.length === 1, { what: "the loss" });
    await box.pause();
    relay.again();
    await relay.passed(/GET .*\/json/, 3);
    assertEquals(events.map(({ state }) => state), ["lost"]);
    await box.unpause();
    await writer.write(bytes("one\n"));
    await until(() => stdout.text.includes("got one"), { what: "one" });
    await box.kill();
    assertEquals(await session.status, { reason: "exited", code: 137 });
  },
);

testWithEngine(
  "library: reconnect: the place under maxSessions is kept, and given back",
  async () => {
    await using relay = new Relay();
    const events: ReconnectEvent[] = [];
    const client = new Client({ endpoint: relay.host, maxSessions: 1 });
    await using box = await asleep();
    await using session = await client.attach(box.name, {
      reconnect: true,
      onReconnect: (event) => void events.push(event),
    });
    const { status } = session;
    relay.cut();
    await until(() => events.length === 2, { what: "it" });
    let entered = false;
    const other = client.exec(box.name, ["true"]).then((session) => {
      entered = true;
      return session;
    });
    await (await new Client().exec(box.name, ["true"])).output();
    assertEquals(entered, false);
    session.detach();
    await status;
    assertEquals((await (await other).output()).status, { reason: "exited", code: 0 });
  },
);

testWithEngine("library: reconnect: without it, a cut is the session's error", async () => {
  await using relay = new Relay();
  await using box = await container(echo);
  const client = new Client({ endpoint: relay.host });
  await using session = await client.attach(box.name, { stdin: "piped" });
  const { status } = session;
  relay.cut();
  await assertRejects(() => status, ConnectionLostError);
});

for (const tty of [false, true]) {
  const how = tty ? "with a tty" : "without a tty";
  testWithEngine(
    `library: reconnect: without it, output that was cut is not whole, ${how}`,
    async () => {
      await using relay = new Relay();
      await using box = await asleep();
      const client = new Client({ endpoint: relay.host });
      const script = "echo one; exec sleep 60";
      const options = { ...bare, tty };
      for (
        const open of [
          () => client.run("busybox", ["sh", "-c", script], options),
          () => client.exec(box.name, ["sh", "-c", script], { tty }),
        ]
      ) {
        await using session = await open();
        await using _first = containerToCome(session.id);
        const stdout = collect(session.stdout);
        await until(() => stdout.text.includes("one"), { what: "one" });
        relay.cut();
        await assertRejects(() => stdout.ended, ConnectionLostError);
        await using expected = await open();
        await using _second = containerToCome(expected.id);
        const shell = new Expect(expected);
        await shell.expect("one");
        relay.cut();
        const error = await assertRejects(() => shell.expect("two"), ExpectError);
        assert(error.cause instanceof ConnectionLostError, String(error.stack));
      }
    },
  );
}

testWithEngine("library: reconnect: an exec cannot be come back to", async () => {
  await using box = await idle();
  const options = { reconnect: true } as { stdin?: "null" };
  await assertRejects(
    () => client.exec(box.name, ["true"], options),
    InvalidOptionError,
    "an exec cannot be attached to again",
  );
});
