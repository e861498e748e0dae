/** Signals to the command at every stage: the terminal's modes and flags are those from before. */
import { assert, assertEquals } from "@std/assert";
import { Relay } from "../engine/relay.ts";
import { containerToCome } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { stty } from "../harness/stty.ts";
import { until } from "../harness/until.ts";
import { joined } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";

const limit = 180_000;
const FATAL = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 } as const;
type Fatal = keyof typeof FATAL;
const signals = Object.keys(FATAL) as Fatal[];

/** A socket that takes connections, and never says a word. */
function silentEngine() {
  const folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
  const path = `${folder}/silent.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })().catch(() => {});
  return {
    host: `unix://${path}`,
    accepted,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of accepted) connection.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

for (const signal of signals) {
  ptyTest(`stages: ${signal} before raw mode ends the command`, { limit }, async (shell) => {
    await using engine = silentEngine();
    shell.run(`dockerpty -H ${engine.host} attach box`);
    await until(() => engine.accepted.length > 0, { what: "a connection", timeout: 60_000 });
    Deno.kill(await shell.foreground(), signal);
    assertEquals(await shell.finished({ timeout: 60_000 }), FATAL[signal]);
  });
}

/** Types a line whose session with a container outlives the client. */
async function open(shell: Shell, name: string, before = "", more = ""): Promise<number> {
  const flags = `--sig-proxy=false -it --network none --name ${name} ${more}`;
  shell.run(`dockerpty ${before} run ${flags} busybox sh -c 'echo rea""dy; exec sleep 600'`);
  await joined(shell);
  await shell.waitFor("ready", { timeout: 60_000 });
  return await shell.foreground();
}

for (const signal of signals) {
  ptyTest(`stages: ${signal} in a storm of sizes ends the command`, { limit }, async (shell) => {
    await using box = containerToCome();
    const client = await open(shell, box.name);
    for (let time = 0; time < 50; time++) shell.resize(20 + time % 7, 70 + time % 5);
    Deno.kill(client, signal);
    for (let time = 0; time < 50; time++) shell.resize(20 + time % 7, 70 + time % 5);
    assertEquals(await shell.finished({ timeout: 60_000 }), FATAL[signal]);
    assert((await box.state()).Running);
  });
}

ptyTest("stages: a signal while it detaches, and while it restores", { limit }, async (shell) => {
  await using box = containerToCome();
  const client = await open(shell, box.name);
  shell.type("\x10\x11");
  Deno.kill(client, "SIGTERM");
  const codes = [await shell.finished({ timeout: 60_000 })];
  for (const [index, milliseconds] of [0, 1, 2, 5, 10, 20, 50].entries()) {
    // What the client has not read of the keys is the shell's: a command that it does not know.
    await shell.runToEnd("");
    shell.run(`dockerpty attach --sig-proxy=false ${box.name}`);
    await joined(shell);
    const client = await shell.foreground();
    shell.type("\x10\x11");
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    try {
      Deno.kill(client, signals[index % signals.length]);
    } catch {
      // It has ended already.
    }
    codes.push(await shell.finished({ timeout: 60_000 }));
  }
  await shell.runToEnd("");
  // Whichever was first; what counts is the terminal.
  const known = [0, ...Object.values(FATAL)] as number[];
  assertEquals(codes.filter((code) => !known.includes(code)), []);
  assert((await box.state()).Running);
});

ptyTest(
  "stages: stopped before raw mode, and in it, it goes on by fg",
  { limit },
  async (shell) => {
    const modes = await shell.modes();
    await using engine = silentEngine();
    shell.run(`dockerpty -H ${engine.host} attach box`);
    await until(() => engine.accepted.length > 0, { what: "a connection", timeout: 60_000 });
    Deno.kill(await shell.foreground(), "SIGTSTP");
    await shell.finished({ timeout: 60_000 });
    assertEquals(await shell.modes(), modes);
    shell.run("fg");
    Deno.kill(await shell.foreground(), "SIGTERM");
    assertEquals(await shell.finished({ timeout: 60_000 }), 143);

    await using box = containerToCome();
    await open(shell, box.name);
    for (const stop of ["SIGTSTP", "SIGTSTP", "SIGSTOP"] as const) {
      Deno.kill(await shell.foreground(), stop);
      await shell.finished({ timeout: 60_000 });
      if (stop === "SIGTSTP") assertEquals(await shell.modes(), modes);
      // Nobody hears of a SIGSTOP before: a shell with a line editor does this by itself.
      else await stty(modes, shell.path);
      shell.run("fg");
      await joined(shell);
    }
    shell.type("\x10\x11");
    assertEquals(await shell.finished({ timeout: 60_000 }), 0);
  },
);

ptyTest("stages: stopped while it waits for the engine to come back", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using relay = new Relay();
  await using box = containerToCome();
  const client = await open(shell, box.name, `-H ${relay.host}`, "--reconnect");
  relay.stop();
  await shell.waitFor("attaching again", { timeout: 60_000 });
  await joined(shell);
  Deno.kill(client, "SIGTSTP");
  await shell.finished({ timeout: 60_000 });
  assertEquals(await shell.modes(), modes);
  shell.run("fg");
  await joined(shell);
  shell.type("\x03");
  assertEquals(await shell.finished({ timeout: 60_000 }), 130);
  assert((await box.state()).Running);
});

ptyTest("stages: begun in the background, it waits for fg", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const flags = `-it --network none --name ${box.name}`;
  const line = `dockerpty run ${flags} busybox cat & echo $!`;
  const client = Number((await shell.runToEnd(line)).output);
  // It stops where it would make the terminal raw, by SIGTTOU.
  const stopped = () => /\) T/.test(Deno.readTextFileSync(`/proc/${client}/stat`));
  await until(stopped, { what: "the client to be stopped", timeout: 60_000 });
  assertEquals(await shell.modes(), modes);
  shell.run("fg");
  await joined(shell);
  shell.type("typed\r");
  await shell.waitForEnd(["typed", "typed"], { timeout: 60_000 });
  shell.type("\x04");
  assertEquals(await shell.finished({ timeout: 60_000 }), 0);
});
