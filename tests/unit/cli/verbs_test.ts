import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments, UsageError } from "../../../src/cli/args.ts";
import { globalFlagsAmong } from "../../../src/cli/flags.ts";
import { VERBS } from "../../../src/cli/verbs.ts";
import { EngineError, InvalidOptionError, NotTerminalError } from "../../../src/errors.ts";
import { frame } from "../../fakes/bytes.ts";
import { FakeContainer } from "../../fakes/container.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";
import { FakeExec } from "../../fakes/exec.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** An engine and a terminal for the command; `run` carries a command line out. */
function open(terminals?: ("stdin" | "stdout" | "stderr")[]) {
  const engine = new FakeEngine();
  const terminal = new FakeTerminal(terminals);
  const printed: string[] = [];
  const noted: string[] = [];
  const run = async (name: string, ...args: string[]) => {
    const { flags, run } = await VERBS.get(name)!.load();
    return await run(parseArguments(args, [...flags, ...globalFlagsAmong(flags)]), {
      client: {
        endpoint: { transport: "unix", path: "/fake.sock" },
        dial: engine.dial,
        apiVersion: "1.41",
      },
      dockerConfig: () => Promise.resolve({}),
      terminal,
      print: (line) => void printed.push(line),
      note: (line) => void noted.push(line),
    });
  };
  return { engine, terminal, printed, noted, run };
}

/** The body that a container was created with. */
function created(engine: FakeEngine) {
  return engine.call("POST /containers/create").body as Record<string, unknown> & {
    HostConfig: Record<string, unknown>;
  };
}

Deno.test("run: each flag is where the engine looks for it", async () => {
  const { engine, run } = open([]);
  const container = new FakeContainer(engine);
  const running = run(
    "run",
    ...["--rm", "-i", "--name", "box", "-eA=1", "-w/tmp", "-u", "0", "--entrypoint", "/e"],
    ...["-v", "/a:/b", "--network=none", "--log-driver", "none", "busybox", "sh", "-c", "x"],
  );
  await container.attached;
  await container.exit(7);
  assertEquals(await running, 7);
  const { Image, Cmd, Entrypoint, Env, User, WorkingDir, Tty, OpenStdin, HostConfig } = created(
    engine,
  );
  assertEquals([Image, Cmd, Entrypoint], ["busybox", ["sh", "-c", "x"], ["/e"]]);
  assertEquals([Env, User, WorkingDir, Tty, OpenStdin], [["A=1"], "0", "/tmp", false, true]);
  assertEquals(HostConfig.Binds, ["/a:/b"]);
  assertEquals([HostConfig.NetworkMode, HostConfig.AutoRemove], ["none", true]);
  assertEquals(HostConfig.LogConfig, { Type: "none" });
  assertEquals(engine.call("POST /containers/create").query.get("name"), "box");
});

Deno.test("run -it: the terminal is joined, with its size", async () => {
  const { engine, terminal, run } = open();
  const container = new FakeContainer(engine);
  const running = run("run", "-it", "busybox");
  const stream = await container.attached;
  await container.waited;
  await turns();
  assertEquals(created(engine).HostConfig.ConsoleSize, [24, 80]);
  terminal.type("ls\r");
  assertEquals(await stream.receive(), "ls\r");
  await container.write("file\r\n");
  await container.exit(0);
  assertEquals(await running, 0);
  assertEquals(terminal.written.stdout, "file\r\n");
});

Deno.test("run without -i and -t: nothing is typed, stdout and stderr are apart", async () => {
  const { engine, terminal, run } = open();
  const container = new FakeContainer(engine);
  const running = run("run", "busybox", "x");
  await container.write(frame(1, "out"));
  await container.write(frame(2, "err"));
  await container.exit(0);
  assertEquals(await running, 0);
  assertEquals(terminal.written, { stdout: "out", stderr: "err" });
  assertEquals(terminal.events, []);
  assertEquals([created(engine).OpenStdin, created(engine).Tty], [false, false]);
});

Deno.test("run -d prints the id, and attaches to nothing", async () => {
  const { engine, printed, run } = open([]);
  const { id } = new FakeContainer(engine);
  assertEquals(await run("run", "-d", "busybox"), 0);
  assertEquals(printed, [id]);
  assertEquals(engine.routes, ["POST /containers/create", `POST /containers/${id}/start`]);
});

Deno.test("run -it where stdin is no terminal is refused before the engine is asked", async () => {
  const { engine, run } = open(["stdout", "stderr"]);
  await assertRejects(() => run("run", "-it", "busybox"), NotTerminalError, "not a TTY");
  assertEquals(engine.connections, []);
});

Deno.test("bad detach keys are refused before the engine is asked, by every verb", async () => {
  const { engine, run } = open();
  for (
    const [verb, ...operands] of [["run", "a"], ["start", "-a", "a"], ["attach", "a"], [
      "exec",
      "a",
      "b",
    ]]
  ) {
    const running = () => run(verb, "--detach-keys", "shift-z", ...operands);
    await assertRejects(running, InvalidOptionError, "invalid detach keys (shift-z)");
  }
  assertEquals(engine.connections, []);
});

Deno.test("leaving a session is the code 0, and how to come back is said at a terminal", async () => {
  for (const terminals of [["stdin", "stdout", "stderr"], ["stdin", "stdout"]] as const) {
    const { engine, terminal, noted, run } = open([...terminals]);
    const container = new FakeContainer(engine, { tty: true });
    const running = run("attach", "--detach-keys=ctrl-a,d", "box");
    await container.attached;
    await turns();
    terminal.type("\x01d");
    assertEquals(await running, 0);
    const told = noted.join("").includes("dockerpty attach box");
    assertEquals(told, terminal.isTerminal("stderr"));
  }
});

Deno.test("start without -a or -i starts each container, and prints its name", async () => {
  const { engine, printed, noted, run } = open();
  engine.on("POST /containers/one/start", () => json(200, null));
  engine.on("POST /containers/two/start", () => json(404, { message: "No such container: two" }));
  assertEquals(await run("start", "one"), 0);
  assertEquals(printed, ["one"]);
  assertEquals(await run("start", "one", "two", "one"), 1);
  assertEquals(printed, ["one", "one", "one"]);
  assertEquals(noted.join("").includes("No such container: two"), true);
  await assertRejects(() => run("start", "two"), EngineError, "No such container: two");
});

Deno.test("start -a of two containers is refused", async () => {
  const { run } = open();
  for (const flag of ["-a", "-i", "-ai"]) {
    await assertRejects(
      () => run("start", flag, "one", "two"),
      UsageError,
      "you cannot start and attach multiple containers at once",
    );
  }
});

Deno.test("start -a attaches without stdin, -ai with it", async () => {
  for (const [flag, stdin] of [["-a", null], ["-ai", "1"], ["-i", "1"]]) {
    const { engine, run } = open([]);
    const container = new FakeContainer(engine);
    const running = run("start", flag!, "box");
    await container.attached;
    await container.exit(3);
    assertEquals(await running, 3);
    const { query } = engine.call(`POST /containers/${container.id}/attach`);
    assertEquals(query.get("stdin"), stdin);
  }
});

Deno.test("attach --no-stdin attaches no stdin", async () => {
  const { engine, terminal, run } = open();
  const container = new FakeContainer(engine, { tty: true });
  const running = run("attach", "--no-stdin", "box");
  await container.attached;
  await container.exit(0);
  await running;
  assertEquals(terminal.events, []);
});

Deno.test("exec: its flags, its code, and its command untouched", async () => {
  const { engine, terminal, run } = open();
  const exec = new FakeExec(engine);
  const running = run(
    "exec",
    "-eA=1",
    "-w",
    "/",
    "-u0",
    "--privileged",
    "box",
    "ls",
    "-t",
    "--",
    "-e",
  );
  await exec.write(frame(1, "out"));
  await exec.exit(5);
  assertEquals(await running, 5);
  assertEquals(terminal.written.stdout, "out");
  const { Cmd, Env, WorkingDir, User, Privileged, AttachStdin } = engine
    .call("POST /containers/box/exec").body as Record<string, unknown>;
  assertEquals(Cmd, ["ls", "-t", "--", "-e"]);
  assertEquals((Env as string[])[0], "A=1");
  assertEquals([WorkingDir, User, Privileged, AttachStdin], ["/", "0", true, false]);
});

Deno.test("exec -d starts the command, and is done", async () => {
  const { engine, run } = open();
  new FakeExec(engine);
  assertEquals(await run("exec", "-d", "box", "sleep"), 0);
  assertEquals(engine.call("POST /exec/e4ec/start").body, { Detach: true, Tty: false });
});
