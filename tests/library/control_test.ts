/** What can be done to a session: resize, kill, detach, dispose. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  capture,
  Client,
  ConnectionLostError,
  EngineError,
  InvalidOptionError,
  present,
  type Session,
} from "@dockerpty/dockerpty";
import { toText } from "@std/streams/to-text";
import { alive } from "../engine/piped.ts";
import { Relay } from "../engine/relay.ts";
import { FakeTerminal } from "../fakes/terminal.ts";
import { type Container, container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import { bare, bytes, client, idle, readUntil, text } from "./sessions.ts";

testWithEngine("library: resize: the process sees it", async () => {
  await using box = await idle();
  const options = { tty: true, stdin: "piped", size: { rows: 20, columns: 70 } } as const;
  const script = "stty -echo; echo ready; while read -r _; do echo $(stty size).; done";
  const command = ["sh", "-c", script];
  for (
    const session of [
      await client.run("busybox", command, { ...options, ...bare }),
      await client.exec(box.name, command, options),
    ]
  ) {
    await using _ = session;
    await readUntil(session.stdout, "ready");
    const writer = session.stdin!.getWriter();
    for (const size of [{ rows: 20, columns: 70 }, { rows: 28, columns: 105 }]) {
      await session.resize(size);
      await writer.write(bytes("\r"));
      await readUntil(session.stdout, `${size.rows} ${size.columns}.`);
    }
    for (const size of [{ rows: 0, columns: 1 }, { rows: 1, columns: 65536 }]) {
      await assertRejects(() => session.resize(size), InvalidOptionError);
    }
    await writer.write(bytes("\x04"));
    assertEquals(await session.status, { reason: "exited", code: 0 });
  }
});

testWithEngine("library: size: that of the options, and nothing else is needed", async () => {
  await using box = await idle();
  const options = { tty: true, size: { rows: 30, columns: 100 } };
  // Engines that are told it later only may be told while the process runs already.
  const command = [
    "sh",
    "-c",
    'until [ "$(stty size 2>/dev/null)" = "30 100" ]; do sleep 0.05; done; echo yes',
  ];
  for (
    const opening of [
      client.run("busybox", command, { ...options, ...bare }),
      client.exec(box.name, command, options),
    ]
  ) {
    const { stdout } = await capture(opening, { timeout: 20_000 });
    assertEquals(text(stdout), "yes\r\n");
  }
});

const trapping = `trap 'echo TERM; exit 33' TERM; trap 'echo USR1' USR1
echo ready; for i in $(seq 600); do sleep 0.05; done`;

testWithEngine("library: kill: of a run, of an attach, and of an exec", async () => {
  await using box = await idle();
  await using other = await container({
    cmd: ["sh", "-c", `read -r _\n${trapping}`],
    openStdin: true,
  });
  const command = ["sh", "-c", trapping];
  const opened = [
    () => client.run("busybox", command, bare),
    () => client.attach(other.name, { stdin: "piped" }),
    () => client.exec(box.name, command),
    () => client.exec(box.name, command, { user: "12:34" }),
  ];
  for (const open of opened) {
    await using session = await open();
    // The one that was attached to waits for a line, so that its output is not over before.
    await session.stdin?.getWriter().write(bytes("go\n"));
    await readUntil(session.stdout, "ready\n");
    await session.kill("SIGUSR1");
    await readUntil(session.stdout, "USR1\n");
    await session.kill();
    assertEquals(await toText(session.stdout), "TERM\n");
    assertEquals(await session.status, { reason: "exited", code: 33 });
  }
  assert((await box.state()).Running);
});

testWithEngine("library: kill: SIGKILL, of an exec with its children", async () => {
  await using box = await idle();
  const script = "sh -c 'sleep 61 & sleep 62 & echo ready; wait' & wait";
  const session = await client.exec(box.name, ["sh", "-c", script]);
  await readUntil(session.stdout, "ready\n");
  await session.kill("SIGKILL");
  assertEquals(await session.status, { reason: "exited", code: 137 });
  const alone = async () => (await alive(box)).join() === "cat";
  await until(alone, { what: "the children to end" });
});

testWithEngine("library: kill: signals that are none, and processes that are gone", async () => {
  await using box = await idle();
  const session = await client.exec(box.name, ["true"]);
  await assertRejects(() => session.kill("TERM" as Deno.Signal), InvalidOptionError);
  await session.output();
  await session.kill();
  assertEquals(await box.processes(), ["cat"]);
});

const piped = { stdin: "piped" } as const;
/** Its stdin may be for one client alone, and end with it. */
const cat = ["sh", "-c", "cat; exec sleep 60"];
const opens: [string, (box: Container) => Promise<Session>][] = [
  ["run", ({ name }) => client.run("busybox", cat, { ...piped, network, name })],
  ["start", ({ name }) => client.start(name, piped)],
  ["attach", ({ name }) => client.attach(name, piped)],
  ["exec", ({ name }) => client.exec(name, cat, piped)],
];

for (const [verb, open] of opens) {
  testWithEngine(`library: detach, and dispose: ${verb}`, async () => {
    for (const how of ["detach", "dispose"]) {
      const start = verb !== "start";
      await using box = verb === "run"
        ? containerToCome()
        : await container({ cmd: cat, openStdin: true, start });
      const session = await open(box);
      const writer = session.stdin!.getWriter();
      await writer.write(bytes("hello\n"));
      await readUntil(session.stdout, "hello\n");
      if (how === "detach") session.detach();
      else await session[Symbol.asyncDispose]();
      assertEquals(await session.status, { reason: "detached" });
      assertEquals(await toText(session.stdout), "");
      await assertRejects(() => writer.write(bytes("more")));
      session.detach();
      await session[Symbol.asyncDispose]();
      assert((await box.state()).Running, "it ended with the session");
    }
  });
}

testWithEngine("library: dispose: after the end, and with output that nobody read", async () => {
  await using box = await idle();
  const ended = await client.exec(box.name, ["echo", "hi"]);
  assertEquals(text((await ended.output()).stdout), "hi\n");
  await ended[Symbol.asyncDispose]();
  assertEquals(await ended.status, { reason: "exited", code: 0 });
  // Nothing was asked of this one at all.
  await using _ = await client.exec(box.name, ["sh", "-c", "yes | head -c 3000000"]);
});

testWithEngine(
  "library: dispose: a process that is to be killed does not outlive its block",
  async () => {
    class Thrown extends Error {}
    await using box = await idle();
    const script = "sleep 61 & sleep 62";
    const opens = {
      run: (signal?: AbortSignal) =>
        client.run("busybox", ["sh", "-c", script], { ...bare, dispose: "kill", signal }),
      exec: (signal?: AbortSignal) =>
        client.exec(box.name, ["sh", "-c", script], { dispose: "kill", signal }),
    };
    const runs = async (id: string) => {
      if ((await box.processes()).some((line) => line.includes("sleep 6"))) return true;
      const other = containerToCome(id);
      return await other.exists() && (await other.state()).Running;
    };
    for (const open of Object.values(opens)) {
      for (const how of ["throw", "abort", "abort, and wait", "end", "detach"]) {
        const abort = new AbortController();
        let id = "";
        const block = async () => {
          await using session = await open(abort.signal);
          id = session.id;
          if (how === "throw") throw new Thrown();
          if (/abort/.test(how)) abort.abort(new Thrown());
          if (/wait/.test(how)) await new Promise((resolve) => setTimeout(resolve, 50));
          if (how === "detach") session.detach();
          if (how === "end") await session.kill("SIGKILL");
          if (/abort/.test(how)) await session.status;
        };
        if (/throw|abort/.test(how)) await assertRejects(block, Thrown);
        else await block();
        if (how === "detach") {
          // The engine may have answered before there was a process.
          await until(() => runs(id), { what: "it to run on" });
          await using _gone = containerToCome(id);
          await box.exec(["killall", "sleep"]);
        } else {
          await until(async () => !await runs(id), { what: `its end, by ${how}` });
        }
      }
    }
  },
);

testWithEngine(
  "library: dispose: a process that floods is killed, too, and the block's error stays",
  async () => {
    class Thrown extends Error {}
    let id = "";
    await assertRejects(async () => {
      await using session = await client.run("busybox", ["yes"], {
        ...bare,
        logDriver: "none",
        dispose: "kill",
      });
      id = session.id;
      // Asked for, and not read: by now it is full.
      const { stdout } = session;
      assertEquals(stdout.locked, false);
      await new Promise((resolve) => setTimeout(resolve, 300));
      throw new Thrown();
    }, Thrown);
    await using box = containerToCome(id);
    await box.removed();
  },
);

testWithEngine(
  "library: dispose: a process that cannot be killed is told: a container is paused",
  async () => {
    await using box = await idle();
    const opened = await client.exec(box.name, ["sleep", "61"], { dispose: "kill" });
    const captured = await client.exec(box.name, ["sleep", "61"]);
    // Docker 20.10 hangs where it is paused while a process starts.
    const begun = async () => (await alive(box)).filter((line) => line === "sleep 61").length === 2;
    await until(begun, { what: "both" });
    await box.pause();
    try {
      await assertRejects(() => opened[Symbol.asyncDispose](), EngineError, "paused");
      const error = await assertRejects(() => capture(captured, { timeout: 100 }), DOMException);
      assert(error.cause instanceof EngineError, String(error.cause));
    } finally {
      await box.unpause();
    }
  },
);

testWithEngine("library: dispose: a session whose output cannot be shown is killed", async () => {
  await using box = await idle();
  for (const dispose of ["kill", "detach"] as const) {
    const block = async () => {
      const command = ["sh", "-c", "while :; do echo more; sleep 0.1; done"];
      await using session = await client.exec(box.name, command, { dispose });
      const terminal = new FakeTerminal([]);
      terminal.stdout.write = () => Promise.reject(new Deno.errors.BrokenPipe("nobody reads"));
      await present(session, { terminal });
    };
    await assertRejects(block, Deno.errors.BrokenPipe);
    const runs = (await box.processes()).some((line) => line.includes("echo more"));
    assertEquals(runs, dispose === "detach");
  }
});

testWithEngine("library: dispose: a process is killed whose connection was cut", async () => {
  await using relay = new Relay();
  const far = new Client({ endpoint: relay.host });
  let id = "";
  await assertRejects(async () => {
    await using session = await far.run("busybox", ["sleep", "60"], { ...bare, dispose: "kill" });
    id = session.id;
    const { status } = session;
    relay.cut();
    await status;
  }, ConnectionLostError);
  await using box = containerToCome(id);
  await box.removed();
});
