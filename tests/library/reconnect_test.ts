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
import { until } from "../harness/until.ts";
import { isPodman } from "../engine/piped.ts";
import { bare, bytes, client, idle, text } from "./sessions.ts";

// Podman ends the stdin of a process with the connection of a client, unless that is a terminal.
const tty = await isPodman().catch(() => false);
const echo: ContainerOptions = {
  cmd: ["sh", "-c", 'stty -echo; while read line; do echo "got $line"; done; exit 4'],
  openStdin: true,
  tty,
};
/** Writes numbers to both streams, slowly, until there is a file. */
const count = [
  "i=0",
  "until [ -e /enough ]; do i=$((i + 1)); echo $i; echo $i >&2; usleep 10000; done",
  "echo end; exit 4",
].join("; ");
const lines = (content: string) => content.split(/\r?\n/).filter((line) => line !== "");
const upTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));

/** A container that does nothing, and is not ended by a client that leaves it. */
const asleep = () => container({ cmd: ["sleep", "300"] });

/** A client behind a relay, and what its sessions tell. */
function watched(relay: Relay) {
  const events: ReconnectEvent[] = [];
  const options = {
    reconnect: true,
    onReconnect: (event: ReconnectEvent) => void events.push(event),
  };
  return { client: new Client({ endpoint: relay.host }), events, options };
}

/** Collects what a session writes, as it comes. */
function collect(stream: ReadableStream<Uint8Array>) {
  const collected = { text: "", ended: Promise.resolve() };
  collected.ended = (async () => {
    for await (const piece of stream) collected.text += text(piece);
  })();
  collected.ended.catch(() => {});
  return collected;
}

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

for (const verb of ["attach", "start", "run"] as const) {
  testWithEngine(`library: reconnect: ${verb}: each stream is whole, over two cuts`, async () => {
    await using relay = new Relay();
    const { client, events, options } = watched(relay);
    const create = { cmd: ["sh", "-c", count], start: verb === "attach" };
    await using box = verb === "run" ? containerToCome() : await container(create);
    const { name } = box;
    await using session = verb === "run"
      ? await client.run("busybox", create.cmd, { ...options, network: "none", name })
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
    assert(shown.length > 100, `${shown.length} lines`);
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
    network: "none",
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

/** A process that writes a line in pieces, of which the second comes while nobody is attached. */
const inPieces = (...rest: string[]) => [
  "sh",
  "-c",
  ["printf 'amount: '", "until [ -e /go ]; do usleep 10000; done", "printf 1000", "touch /went"]
    .concat(rest).join("; "),
];

testWithEngine(
  "library: reconnect: a line is whole that was written in the middle of",
  async () => {
    await using relay = new Relay();
    const { client, events, options } = watched(relay);
    const rest = ["until [ -e /end ]; do usleep 10000; done", "echo 00 EUR"];
    await using session = await client.run("busybox", inPieces(...rest), { ...options, ...bare });
    const stdout = collect(session.stdout);
    await until(() => stdout.text === "amount: ", { what: "the beginning" });
    relay.stop();
    await until(() => events.length === 1, { what: "the loss" });
    const box = containerToCome(session.id);
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
      const box = containerToCome(session.id);
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
          network: "none",
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
