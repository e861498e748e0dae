/** What cannot be used: errors of a kind that is documented, before the engine is asked. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Client,
  ConnectionError,
  DockerptyError,
  Expect,
  InvalidOptionError,
  record,
  type Session,
} from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { bare, bytes, idle, watchedDial } from "./sessions.ts";

/** Calls of programs without types. */
// deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
type Untyped = any;

testWithEngine("library: bad input: options of a session, and nothing is asked", async () => {
  const request = (line: string) => assert(false, line);
  const client: Untyped = new Client({ dial: watchedDial({ request }) });
  const command = ["true"];
  const size = (rows: unknown, columns: unknown) => ({ tty: true, size: { rows, columns } });
  const calls: [string, () => Promise<unknown>][] = [
    ["container", () => client.exec(5, command)],
    ["container", () => client.attach("")],
    ["container", () => client.start(undefined)],
    ["image", () => client.run()],
    ["command", () => client.exec("box", "true")],
    ["command", () => client.exec("box", ["a", 1])],
    ["command", () => client.exec("box", ["a\0b"])],
    ["options", () => client.exec("box", command, null)],
    ["size", () => client.exec("box", command, size(-1, 80))],
    ["size", () => client.exec("box", command, size(24, 1.5))],
    ["size", () => client.run("busybox", command, { tty: true, size: "80x24" })],
    ["stdin", () => client.exec("box", command, { stdin: "pipe" })],
    ["stdout", () => client.exec("box", command, { stdout: 1 })],
    ["stderr", () => client.attach("box", { stderr: true })],
    ["tty", () => client.exec("box", command, { tty: "yes" })],
    ["signal", () => client.start("box", { signal: {} })],
    ["user", () => client.exec("box", command, { user: 5 })],
    ["volumes", () => client.run("busybox", command, { volumes: "/a:/b" })],
    ["entrypoint", () => client.run("busybox", command, { entrypoint: 5 })],
    ["pull", () => client.run("busybox", command, { pull: "often" })],
    ["onCreated", () => client.run("busybox", command, { onCreated: true })],
    ["create", () => client.run("busybox", command, { create: 5 })],
    ["create", () => client.run("busybox", command, { create: { HostConfig: 5 } })],
    ["create", () => client.run("busybox", command, { create: { HostConfig: [] } })],
    ["auth", () => client.run("busybox", command, { auth: {} })],
    ["auth", () => client.run("busybox", command, { auth: { username: "a" } })],
    ["auth", () => client.run("busybox", command, { auth: { identityToken: 5 } })],
  ];
  for (const [name, call] of calls) {
    await assertRejects(call, InvalidOptionError, `invalid ${name}`);
  }
  const error = await assertRejects(
    () => client.exec("box", command, { env: { PASSWORD: "hidden", B: 5 } }),
    InvalidOptionError,
    "invalid env",
  );
  assert(!error.message.includes("hidden"));
  const auth = { username: 5, password: "hidden" };
  const shown = await assertRejects(() => client.run("busybox", command, { auth }));
  assert(shown instanceof InvalidOptionError && !shown.message.includes("hidden"));
  assertThrows(() => new Client({ maxSessions: 0 }), InvalidOptionError, "maxSessions");
  assertThrows(() => new (Client as Untyped)(null), InvalidOptionError, "options");
  assertThrows(() => new (Client as Untyped)({ dial: 5 }), InvalidOptionError, "dial");
});

testWithEngine("library: bad input: what a session is asked for", async () => {
  await using box = await idle();
  const client = new Client();
  const opens = [
    () => client.exec(box.name, ["cat"], { stdin: "piped" }),
    () => client.run("busybox", ["cat"], { ...bare, stdin: "piped" }),
  ];
  for (const open of opens) {
    await using session = await open();
    const untyped: Untyped = session;
    for (const signal of ["SIGBOGUS", "TERM", "", 9, "SIGTERM; reboot"]) {
      await assertRejects(() => untyped.kill(signal), InvalidOptionError, "invalid signal");
    }
    for (const size of [undefined, {}, { rows: -1, columns: 5 }, { rows: 5, columns: NaN }]) {
      await assertRejects(() => untyped.resize(size), InvalidOptionError);
    }
    const writer = untyped.stdin.getWriter();
    await assertRejects(() => writer.write("a text"), InvalidOptionError, "TextEncoderStream");
  }
});

testWithEngine("library: bad input: a session that is read, or over", async () => {
  await using box = await idle();
  const session = await new Client().exec(box.name, ["cat"], { stdin: "piped" });
  const writer = session.stdin!.getWriter();
  const output = session.output();
  await assertRejects(() => session.output(), InvalidOptionError, "somebody else");
  const sink = { write() {} };
  await assertRejects(() => session.forward({ stdout: sink, stderr: sink }), InvalidOptionError);
  assertThrows(() => new Expect(session), InvalidOptionError, "somebody else");
  await writer.write(bytes("hi"));
  await writer.close();
  assertEquals((await output).status, { reason: "exited", code: 0 });
  await session.kill();
  await assertRejects(() => session.resize({ rows: 5, columns: 5 }), DockerptyError);
  session.detach();
  await session[Symbol.asyncDispose]();
  assertEquals(await session.status, { reason: "exited", code: 0 });

  await using left: Session = await new Client().exec(box.name, ["cat"], { stdin: "piped" });
  left.detach();
  await assertRejects(() => left.stdin!.getWriter().write(bytes("x")), ConnectionError, "ended");
  assertEquals((await left.output()).status, { reason: "detached" });
});

testWithEngine("library: bad input: record", async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/a.cast`;
    await using session = await new Client().exec(box.name, ["cat"], {
      stdin: "piped",
      tty: true,
    });
    const untyped: Untyped = record;
    assertThrows(() => untyped(session), InvalidOptionError, "path");
    assertThrows(() => untyped(session, file, null), InvalidOptionError, "options");
    assertThrows(() => untyped(session, file, { size: "80x24" }), InvalidOptionError, "size");
    assertThrows(() => untyped(session, file, { force: "no" }), InvalidOptionError, "force");
    assertThrows(() => untyped(null, file), InvalidOptionError, "session");
    assertEquals([...Deno.readDirSync(folder)], []);

    const recorded = record(session, file, { input: true });
    const again = assertThrows(() => record(session, file), DockerptyError, "there already");
    assert(again.cause instanceof Deno.errors.AlreadyExists);
    const size: Untyped = { rows: -1, columns: 5 };
    await assertRejects(() => recorded.resize(size), InvalidOptionError);
    await recorded.resize({ rows: 30, columns: 90 });
    const text: Untyped = "a text";
    await assertRejects(() => recorded.stdin!.getWriter().write(text), InvalidOptionError, "bytes");
    recorded.detach();
    await recorded.status;
    const [, ...events] = (await Deno.readTextFile(file)).trimEnd().split("\n");
    const sizes = events.map((line) => JSON.parse(line)).filter(([, code]) => code === "r");
    assertEquals(sizes.map(([, , size]) => size), ["90x30"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

testWithEngine("library: bad input: Expect", async () => {
  await using box = await idle();
  const client = new Client();
  await using session = await client.exec(box.name, ["cat"], { stdin: "piped" });
  const cat = new Expect(session);
  const untyped: Untyped = cat;
  assertThrows(() => new Expect(session), InvalidOptionError, "somebody else");
  await assertRejects(() => cat.expect("x", { timeout: -1 }), InvalidOptionError, "timeout");
  await assertRejects(() => untyped.expect(5), InvalidOptionError, "pattern");
  await assertRejects(() => untyped.send(5), InvalidOptionError, "a text");
  await cat.end();
  await cat.end();
  await assertRejects(() => cat.send("x"), ConnectionError, "ended");
  assertEquals(await session.status, { reason: "exited", code: 0 });
  await using mute = await client.exec(box.name, ["true"]);
  await assertRejects(() => new Expect(mute).send("x"), InvalidOptionError, "not piped");
  await using unpiped = await client.exec(box.name, ["true"], { stdout: "null" });
  assertThrows(() => new Expect(unpiped), InvalidOptionError, "not piped");
});
