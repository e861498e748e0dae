import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  ConnectionLostError,
  EngineError,
  InvalidOptionError,
  SignalError,
} from "../../../src/errors.ts";
import { Client } from "../../../src/session/client.ts";
import { bytes, frame, text } from "../../fakes/bytes.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";
import { FakeExec } from "../../fakes/exec.ts";
import { settled, turns } from "../../fakes/turns.ts";
import { until } from "../../harness/until.ts";

/** A client, its engine, and the exec that it creates in `box`. */
function open() {
  const engine = new FakeEngine();
  const exec = new FakeExec(engine);
  const client = new Client({ endpoint: "localhost", dial: engine.dial, apiVersion: "1.41" });
  return { client, engine, exec };
}

const CANNOT = "cannot send SIGTERM to the command: ";

/** The body of the exec that was created last. */
function created(engine: FakeEngine): { Cmd: string[]; Env: string[]; [field: string]: unknown } {
  return engine.call("POST /containers/box/exec").body as ReturnType<typeof created>;
}

Deno.test("exec tells the size to engines that do not take it with the creation", async () => {
  const { client, engine } = open();
  let refusals = 2;
  engine.on(
    "POST /exec/e4ec/resize",
    () => refusals-- > 0 ? json(409, { message: "not yet" }) : json(200, {}),
  );
  await using _ = await client.exec("box", ["vi"], { tty: true, size: { rows: 30, columns: 100 } });
  const count = () => engine.routes.filter((route) => route.endsWith("/resize")).length;
  await until(() => count() === 3, { what: "the third try" });
  assertEquals([...engine.call("POST /exec/e4ec/resize").query], [["h", "30"], ["w", "100"]]);
});

Deno.test("exec creates and starts, and asks for the code when the output has ended", async () => {
  const { client, engine, exec } = open();
  const session = await client.exec("box", ["ls", "-l"], { env: { A: "1" }, workdir: "/tmp" });
  const { Cmd, Env, WorkingDir, Tty } = created(engine);
  assertEquals([Cmd, Env[0], WorkingDir, Tty], [["ls", "-l"], "A=1", "/tmp", false]);
  assertEquals(engine.call("POST /exec/e4ec/start").body, { Detach: false, Tty: false });
  await exec.write(frame(1, "out"));
  await exec.write(frame(2, "err"));
  await turns();
  assertEquals(engine.routes.includes("GET /exec/e4ec/json"), false);
  await exec.exit(3);
  const { status, stdout, stderr } = await session.output();
  assertEquals(status, { reason: "exited", code: 3 });
  assertEquals([text(stdout), text(stderr)], ["out", "err"]);
  await turns();
  assertEquals(engine.connections.filter(({ closeCount }) => closeCount !== 1), []);
});

Deno.test("exec with a tty says so twice, with the size, and keeps the engine's keys away", async () => {
  const { client, engine, exec } = open();
  const size = { rows: 20, columns: 70 };
  const session = await client.exec("box", ["sh"], { tty: true, size, stdin: "piped" });
  const { Tty, ConsoleSize, DetachKeys, AttachStdin } = created(engine);
  assertEquals([Tty, ConsoleSize, AttachStdin], [true, [20, 70], true]);
  // So many that nobody types them by chance; the engine holds back the first one only.
  assertMatch(String(DetachKeys), /^(ctrl-\^,){16,}ctrl-\^$/);
  const { body } = engine.call("POST /exec/e4ec/start");
  assertEquals(body, { Detach: false, Tty: true, ConsoleSize: [20, 70] });
  const stream = await exec.started;
  await session.stdin!.close();
  assertEquals(await settled(stream.receive()), false);
  await exec.write(frame(2, "raw"));
  await exec.exit(0);
  assertEquals(text((await session.output()).stdout), text(frame(2, "raw")));
});

Deno.test("exec without a tty half-closes its stdin", async () => {
  const { client, exec } = open();
  const session = await client.exec("box", ["cat"], { stdin: "piped" });
  const writer = session.stdin!.getWriter();
  await writer.write(bytes("in"));
  await writer.close();
  assertEquals(text(await (await exec.started).receiveAll()), "in");
  await exec.exit(0);
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

Deno.test("an exec whose code comes a moment after its output is asked again", async () => {
  const { client, engine, exec } = open();
  engine.on("GET /exec/e4ec/json", () => json(200, { ...exec.state, Running: true }), () => {
    return json(200, exec.state);
  });
  const session = await client.exec("box", ["true"]);
  await exec.exit(9);
  assertEquals(await session.status, { reason: "exited", code: 9 });
});

Deno.test("an exec that runs on behind its output's end is lost, never the code 0", async () => {
  const { client, exec } = open();
  const session = await client.exec("box", ["sleep"]);
  (await exec.started).close();
  await assertRejects(() => session.status, ConnectionLostError, "may still be running");
});

Deno.test("sizes go to the exec", async () => {
  const { client, engine } = open();
  await using session = await client.exec("box", ["sh"], { tty: true });
  await session.resize({ rows: 20, columns: 70 });
  assertEquals(engine.call("POST /exec/e4ec/resize").target, "/v1.41/exec/e4ec/resize?h=20&w=70");
});

Deno.test("a refused exec is the engine's error, and nothing stays open", async () => {
  const { client, engine } = open();
  const message = "Container box is paused, unpause the container before exec";
  engine.on("POST /containers/box/exec", () => json(409, { message }));
  await assertRejects(() => client.exec("box", ["sh"]), EngineError, message);
  for (const { whenClosed } of engine.connections) await whenClosed;
});

Deno.test("of a container that is not running, the error says which one, and what to do", async () => {
  const { client, engine } = open();
  const message = `Container ${"0123abcd".repeat(8)} is not running`;
  engine.on("POST /containers/box/exec", () => json(409, { message }));
  await assertRejects(
    () => client.exec("box", ["sh"]),
    EngineError,
    'is not running; start "box" first',
  );
});

Deno.test("an exec that cannot be is refused before anything is sent", async () => {
  const { client, engine } = open();
  await assertRejects(() => client.exec("box", []), InvalidOptionError, "command");
  const env = ["=x"];
  await assertRejects(
    () => client.exec("box", ["sh"], { env }),
    InvalidOptionError,
    `variable ("")`,
  );
  assertEquals(engine.connections, []);
});

Deno.test("a signal is sent by a second exec, to those with the first one's mark", async () => {
  const { client, engine, exec } = open();
  const first = await client.exec("box", ["sleep"], { user: "nobody", privileged: true });
  const mark = created(engine).Env.at(-1)!;
  assertMatch(mark, /^DOCKERPTY_EXEC=[0-9a-f-]{36}$/);
  await exec.started;

  const sibling = new FakeExec(engine);
  const killing = first.kill("SIGINT");
  await sibling.started;
  const { Cmd, Env, User, Privileged, Tty } = created(engine);
  assertEquals([Cmd[0], Cmd[1], ...Cmd.slice(-3)], ["sh", "-c", "INT", "grep", mark]);
  assertEquals([User, Privileged, Tty], ["nobody", true, false]);
  assert(!Env.includes(mark));
  assertEquals(await settled(killing), false);
  // Its word is enough: its end may come only when the first one's output has been read.
  await sibling.write(frame(1, "sent : : :\n"));
  await killing;
  await first[Symbol.asyncDispose]();
});

Deno.test("a process that has ended, while the engine still says that it runs, is nobody else's", async () => {
  const { client, engine, exec } = open();
  const session = await client.exec("box", ["sleep"]);
  await exec.started;
  // Somebody else's exec, which has no mark, is the only one that is left.
  engine.on(
    "GET /containers/box/top",
    () => json(200, { Processes: [["100", "9"], ["200", "9"]] }),
  );
  engine.on("GET /containers/box/json", () =>
    json(200, {
      Id: "box",
      State: { Running: true },
      Config: { Tty: false },
      HostConfig: { PidMode: "" },
    }));
  const killing = session.kill("SIGTERM");
  for (const said of ["none : 7 : :", "none : 7 : :", "none : 7 : : 7@5"]) {
    const sibling = new FakeExec(engine);
    await sibling.started;
    assert(!created(engine).Cmd.some((word) => word.startsWith("@")));
    await sibling.write(frame(1, `${said}\n`));
  }
  await killing;
  assertEquals(engine.routes.filter((route) => route === "POST /containers/box/exec").length, 4);
  await session[Symbol.asyncDispose]();
});

/** Has a kill fail by what the exec says that is to do it; returns the message, and the ways tried. */
async function failing(said: Uint8Array[], code: number, Pid = 0) {
  const { client, engine, exec } = open();
  await using session = await client.exec("box", ["sleep"]);
  await exec.started;
  const ways: string[] = [];
  let sibling = new FakeExec(engine);
  const killing = assertRejects(() => session.kill(), SignalError);
  killing.catch(() => {});
  for (let over = false; !over;) {
    await sibling.started;
    ways.push(created(engine).Cmd.at(-2)!);
    Object.assign(sibling.state, { Running: false, ExitCode: code, Pid });
    // The next one is there before this one ends.
    const next = new FakeExec(engine);
    Object.assign(next.state, sibling.state);
    for (const piece of said) await sibling.write(piece);
    await sibling.exit(code);
    sibling = next;
    over = await Promise.race([killing.then(() => true), sibling.started.then(() => false)]);
  }
  return { message: (await killing).message, ways };
}

Deno.test("a signal is not sent where the container has no shell, and that is said", async () => {
  for (
    const words of [
      'OCI runtime exec failed: exec: "sh": executable file not found in $PATH: unknown',
      "OCI runtime exec failed: exec failed: permission denied: unknown",
    ]
  ) {
    const { message, ways } = await failing([frame(1, words)], 127);
    assertEquals(message, `${CANNOT}the container has no shell to do it with`);
    assertEquals(ways, ["grep"]);
  }
});

Deno.test("where there is no free pid, a signal is tried by one process alone, and that is said", async () => {
  for (
    const [said, code, pid] of [
      [frame(2, "sh: 1: Cannot fork\n"), 2, 4712],
      [frame(2, "Error: runc: exec failed: read init-p: connection reset by peer\nmore"), 125, 0],
    ] as const
  ) {
    const { message, ways } = await failing([said], code, pid);
    assertMatch(
      message,
      /takes no more processes, as where its limit of them is reached \([^\n]+(fork|reset[a-z ]*)\)$/,
    );
    assertEquals(ways, ["grep", "read", "read"]);
  }
});

Deno.test("of what else has become of the exec that is to send a signal, its words are told", async () => {
  assertEquals(
    (await failing([], 137)).message,
    `${CANNOT}what is to do it in the container has ended`,
  );
  assertEquals(
    (await failing([frame(1, "what\u001b is "), frame(2, "this?\nmore\n")], 3)).message,
    `${CANNOT}what is to do it in the container says: what\ufffd is this?`,
  );
});
