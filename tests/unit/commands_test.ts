import { assertEquals, assertRejects } from "@std/assert";
import { attach, exec, run, start } from "../../src/commands.ts";
import { InvalidOptionError, NotTerminalError } from "../../src/errors.ts";
import { FakeContainer } from "../fakes/container.ts";
import { FakeEngine } from "../fakes/engine.ts";
import { FakeExec } from "../fakes/exec.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FakeTerminal } from "../fakes/terminal.ts";
import { turns } from "../fakes/turns.ts";

/** An engine with a container, an exec in that, and the options to reach both from a terminal. */
function open(
  terminals?: ("stdin" | "stdout" | "stderr")[],
  settings?: ConstructorParameters<typeof FakeContainer>[1],
) {
  const engine = new FakeEngine();
  const terminal = new FakeTerminal(terminals);
  return {
    engine,
    terminal,
    container: new FakeContainer(engine, settings),
    process: new FakeExec(engine),
    options: { endpoint: "localhost", dial: engine.dial, apiVersion: "1.41", terminal },
  };
}

Deno.test("run has a tty where stdin and stdout are terminals, of the terminal's size", async () => {
  for (const terminals of [["stdin", "stdout"], ["stdin"], ["stdout"], []] as const) {
    const { engine, container, options } = open([...terminals]);
    const running = run("busybox", ["sh"], options);
    await container.attached;
    await container.exit(3);
    assertEquals(await running, { reason: "exited", code: 3 });
    const { Tty, HostConfig } = engine.call("POST /containers/create").body as {
      Tty: boolean;
      HostConfig: { ConsoleSize?: number[] };
    };
    assertEquals(Tty, terminals.length === 2);
    assertEquals(HostConfig.ConsoleSize, Tty ? [24, 80] : undefined);
  }
});

Deno.test("exec has a tty where stdin and stdout are terminals, of the size that is given", async () => {
  const { engine, process, options } = open();
  const running = exec("box", ["sh"], { ...options, size: { rows: 5, columns: 9 } });
  await process.started;
  await process.exit(0);
  await running;
  const { Tty, ConsoleSize, AttachStdin } = engine.call("POST /containers/box/exec").body as Record<
    string,
    unknown
  >;
  assertEquals([Tty, ConsoleSize, AttachStdin], [true, [5, 9], true]);
});

Deno.test("options of a terminal's session are checked before anything is done", async () => {
  const { engine, options } = open();
  const file = await Deno.makeTempFile();
  const wrong: [name: string, value: unknown][] = [
    ["interactive", "no"],
    ["reconnect", 1],
    ["signalProxy", "yes"],
    ["detachKeys", 5],
    ["record", 5],
    ["recordInput", "yes"],
    ["recordForce", "no"],
    ["signal", {}],
  ];
  try {
    for (const [name, value] of wrong) {
      // deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
      const bad: any = { ...options, record: file, recordForce: true, [name]: value };
      for (const open of [() => run("busybox", [], bad), () => attach("box", bad)]) {
        await assertRejects(open, InvalidOptionError, `invalid ${name}`);
      }
    }
    // deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
    const none: any = null;
    const ways = [
      () => run("busybox", [], none),
      () => start("box", none),
      () => attach("box", none),
      () => exec("box", ["sh"], none),
    ];
    for (const way of ways) await assertRejects(way, InvalidOptionError, "invalid options");
    assertEquals(engine.calls.length, 0);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a tty that is asked for without a terminal is refused before the engine is asked", async () => {
  const { engine, options } = open(["stdout", "stderr"]);
  const ways = [
    () => run("busybox", [], { ...options, tty: true }),
    () => exec("box", ["sh"], { ...options, tty: true }),
  ];
  for (const way of ways) await assertRejects(way, NotTerminalError, "not a TTY");
  assertEquals(engine.connections, []);
});

Deno.test("without input a tty needs no terminal", async () => {
  const { engine, container, options } = open([]);
  const running = run("busybox", [], { ...options, tty: true, interactive: false });
  await container.attached;
  await container.exit(0);
  assertEquals(await running, { reason: "exited", code: 0 });
  assertEquals(engine.call("POST /containers/create").body instanceof Object, true);
});

Deno.test("attach has a program repaint, start and run do not", async () => {
  for (const [command, first] of [[attach, "25"], [start, "24"]] as const) {
    const { engine, container, options } = open(undefined, { tty: true });
    const clock = new FakeClock();
    const running = command("box", { ...options, timers: clock });
    await container.waited;
    await turns();
    clock.advance(10);
    await turns();
    const resizes = engine.calls.filter(({ route }) => route.endsWith("/resize"));
    assertEquals(resizes[0].query.get("h"), first);
    assertEquals(resizes.at(-1)!.query.get("h"), "24");
    await container.exit(0);
    await running;
  }
});

Deno.test("an abort restores the terminal and rejects with its reason", async () => {
  const { terminal, container, options } = open(undefined, { tty: true });
  const abort = new AbortController();
  const running = attach("box", { ...options, signal: abort.signal });
  await container.waited;
  await turns();
  assertEquals(terminal.events, ["raw", "input"]);
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await assertRejects(() => running), reason);
  assertEquals(terminal.events, ["raw", "input", "input closed", "restored"]);
});

Deno.test("what has been aborted before asks the engine for nothing", async () => {
  const { engine, options } = open();
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => run("busybox", [], { ...options, signal })), reason);
  assertEquals(await assertRejects(() => start("box", { ...options, signal })), reason);
  assertEquals(engine.connections, []);
});

Deno.test("when a command is over, no connection is left open", async () => {
  const { engine, container, options } = open(undefined, { tty: true });
  const running = attach("box", options);
  await container.waited;
  await container.exit(0);
  await running;
  await turns();
  assertEquals(engine.connections.filter(({ closeCount }) => closeCount !== 1), []);
});

Deno.test("an exec that is to reconnect is refused before the engine is asked", async () => {
  const { engine, options } = open([]);
  const reconnecting = { ...options, reconnect: true };
  await assertRejects(() => exec("box", ["sh"], reconnecting), InvalidOptionError, "reconnect");
  assertEquals(engine.connections, []);
});
