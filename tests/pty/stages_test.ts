/** Signals to the command at every stage: the terminal's modes and flags are those from before. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Relay } from "../engine/relay.ts";
import { container, containerToCome } from "../harness/engine.ts";
import { setFlow } from "../harness/flow.ts";
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

for (const signal of signals) {
  ptyTest(`stages: ${signal} between the detach keys`, { limit }, async (shell) => {
    await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
    shell.run(`dockerpty attach --sig-proxy=false ${box.name}`);
    await joined(shell);
    // What comes in front of the key is echoed while the key itself is held back.
    shell.type("x\x10");
    await shell.waitForEnd(["x"]);
    Deno.kill(await shell.foreground(), signal);
    assertEquals(await shell.finished({ timeout: 60_000 }), FATAL[signal]);
    assert((await box.state()).Running);
  });

  ptyTest(`stages: ${signal} while it detaches`, { limit }, async (shell) => {
    await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
    // After `early` milliseconds the signal came in time, after `late` it was too late: what is
    // between them is halved, so that it comes ever closer to the moment at which the keys count.
    let early = 0;
    let late: number | null = null;
    const seen = new Set<number>();
    for (let time = 1; time <= 8 || seen.size < 2 && time <= 20; time++) {
      const milliseconds: number = time === 1
        ? 0
        : late === null
        ? early * 2 + 4
        : (early + late) / 2;
      shell.run(`dockerpty attach --sig-proxy=false ${box.name}`);
      await joined(shell);
      const client = await shell.foreground();
      shell.type("\x10\x11");
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      try {
        Deno.kill(client, signal);
      } catch {
        // It has ended already.
      }
      const code = await shell.finished({ timeout: 60_000 });
      assert(code === 0 || code === FATAL[signal], `${code}: ${shell.output}`);
      seen.add(code);
      if (code === 0) late = milliseconds;
      else early = milliseconds;
      // What the client has not read of the keys is the shell's: a command that it does not know.
      await shell.runToEnd("");
    }
    assertEquals(seen, new Set([0, FATAL[signal]]), "it came always, or never, in time");
    assert((await box.state()).Running);
  });

  ptyTest(`stages: ${signal} while it restores`, { limit }, async (shell) => {
    await using box = containerToCome();
    const client = await restoring(shell, box.name);
    Deno.kill(client, signal);
    await hears();
    setFlow(shell.path, true);
    // It had been left by the keys, with 0, before the signal came.
    assertEquals(await shell.finished({ timeout: 60_000 }), FATAL[signal]);
    assert((await box.state()).Running);
  });
}

ptyTest("stages: stopped while it restores, not in the middle of it", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const client = await restoring(shell, box.name);
  Deno.kill(client, "SIGTSTP");
  await hears();
  setFlow(shell.path, true);
  const code = await shell.finished({ timeout: 60_000 });
  assertEquals(await shell.modes(), modes, "it was stopped in the middle");
  if (code !== 0) {
    shell.run("fg");
    assertEquals(await shell.finished({ timeout: 60_000 }), 0);
  }
  assert((await box.state()).Running);
});

ptyTest("stages: a terminal that takes nothing is given back, too", { limit }, async (shell) => {
  await using box = containerToCome();
  const client = await restoring(shell, box.name);
  Deno.kill(client, "SIGTERM");
  await until(() => isRestored(shell), { what: "the modes from before", timeout: 10_000 });
  setFlow(shell.path, true);
  assertEquals(await shell.finished({ timeout: 60_000 }), FATAL.SIGTERM);
});

/** Nothing tells that the client has heard of a signal; it has a second for that while it restores. */
const hears = () => new Promise((resolve) => setTimeout(resolve, 250));

/**
 * Leaves a full screen at a terminal that takes no output, so that the client is in the middle of
 * restoring it: it reads no more, and tries for a second to take back what was switched on.
 */
async function restoring(shell: Shell, name: string): Promise<number> {
  const flags = `--sig-proxy=false -it --network none --name ${name}`;
  const script = String.raw`printf "\033[?1049hrea""dy"; exec sleep 600`;
  shell.run(`dockerpty run ${flags} busybox sh -c '${script}'`);
  await joined(shell);
  await shell.waitFor("ready", { timeout: 60_000 });
  const client = await shell.foreground();
  await until(() => reads(client, shell.path), { what: "the client to read" });
  setFlow(shell.path, false);
  shell.type("\x10\x11");
  await until(() => !reads(client, shell.path), {
    what: "the client to leave",
    interval: 2,
    timeout: 10_000,
  });
  assert(!await isRestored(shell), "it has restored the terminal already");
  return client;
}

const isRestored = async (shell: Shell) => (await shell.settings()).has("icanon");

/** `open(2)`'s flags on Linux. */
const O_ACCMODE = 3;
const O_WRONLY = 1;
const O_NONBLOCK = 0o4000;

/** Whether a client reads from a terminal: by a descriptor of its own, which does not block. */
function reads(client: number, path: string): boolean {
  return Array.from(Deno.readDirSync(`/proc/${client}/fd`)).some(({ name }) => {
    try {
      if (Deno.readLinkSync(`/proc/${client}/fd/${name}`) !== path) return false;
      const info = Deno.readTextFileSync(`/proc/${client}/fdinfo/${name}`);
      const flags = parseInt(/^flags:\s*(\S+)/m.exec(info)![1], 8);
      return (flags & O_NONBLOCK) !== 0 && (flags & O_ACCMODE) !== O_WRONLY;
    } catch {
      return false; // It has been closed in between.
    }
  });
}

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
  assertStringIncludes(
    shell.output,
    "attaching again was given up; the process in the container may",
  );
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
