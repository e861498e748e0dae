/** The command is stopped by job control, and goes on: in front, in the background, or to its end. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { container, containerToCome } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { stty } from "../harness/stty.ts";
import { until } from "../harness/until.ts";
import { expectAnswer, joined } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";

const limit = 120_000;
const CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 } as const;
type Fatal = keyof typeof CODES;
const signals = Object.keys(CODES) as Fatal[];

/** What the system calls a process's state: `T` where it is stopped; null where it is no more. */
function stateOf(pid: number): string | null {
  try {
    return /\) (\S)/.exec(Deno.readTextFileSync(`/proc/${pid}/stat`))![1];
  } catch {
    return null;
  }
}

/** Types a line that joins the terminal to a shell in a container; returns the client. */
async function open(shell: Shell, name: string, flags = ""): Promise<number> {
  shell.run(`dockerpty run -it ${flags} --network none --name ${name} busybox sh`);
  await joined(shell);
  await shell.waitForEnd(["/ #"]);
  return await shell.foreground();
}

/** Waits until it is stopped and the shell prompts: the modes have to be the shell's own there. */
async function stopped(shell: Shell, client: number, modes: string): Promise<void> {
  assertNotEquals(await shell.finished(), 0);
  assertEquals(stateOf(client), "T");
  assertEquals(await shell.modes(), modes, "the terminal was not given back");
}

async function stop(shell: Shell, client: number, modes: string): Promise<void> {
  Deno.kill(client, "SIGTSTP");
  await stopped(shell, client, modes);
}

/** Brings it to the front, and waits until the terminal is raw. */
async function fg(shell: Shell): Promise<void> {
  shell.run("fg");
  await joined(shell);
}

/** Lets it go on in the background, and waits until it is stopped there, as it wants the terminal. */
async function bg(shell: Shell, client: number, modes: string): Promise<void> {
  await shell.runToEnd("bg");
  await until(() => stateOf(client) === "T", { what: "the client to be stopped again" });
  assertEquals(await shell.modes(), modes, "it took the terminal from the background");
}

/** Leaves by the detach keys. */
async function detach(shell: Shell): Promise<void> {
  shell.type("\x10\x11");
  assertEquals(await shell.finished(), 0);
}

ptyTest("stopped: in a storm of sizes, it has the last one by fg", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const client = await open(shell, box.name);
  const storm = () => {
    for (let time = 0; time < 50; time++) shell.resize(20 + time % 7, 70 + time % 5);
  };
  for (let time = 1; time <= 3; time++) {
    storm();
    Deno.kill(client, "SIGTSTP");
    storm();
    await stopped(shell, client, modes);
    storm();
    shell.run("fg");
    storm();
    shell.resize(20 + time, 60 + time);
    await joined(shell);
    // Nothing tells when the last size has come through: it is asked for until it has.
    await until(async () => {
      const { stdout } = await box.exec(["sh", "-c", "stty size </proc/1/fd/0"]);
      return stdout.trim() === `${20 + time} ${60 + time}`;
    }, { what: "the last size", interval: 50 });
  }
  await expectAnswer(shell, "uname", ["Linux"]);
  await detach(shell);
});

for (
  const [when, typed, echo] of [
    // What comes in front of the key is echoed while the key itself is held back.
    ["while the first is held back", "x\x10", "x"],
    // By then it has been sent on itself.
    ["half a second after the first", "\x10", "^P"],
  ]
) {
  ptyTest(`stopped: between the detach keys, ${when}`, { limit }, async (shell) => {
    const modes = await shell.modes();
    await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
    shell.run(`dockerpty attach ${box.name}`);
    await joined(shell);
    shell.type(typed);
    await shell.waitForEnd([echo]);
    await stop(shell, await shell.foreground(), modes);
    await fg(shell);
    shell.type("\x11");
    assertEquals(await shell.finished(), 0);
    assert((await box.state()).Running);
  });
}

ptyTest("stopped: bg leaves the terminal to the shell, until fg", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const client = await open(shell, box.name);
  await stop(shell, client, modes);
  for (let time = 1; time <= 2; time++) {
    await bg(shell, client, modes);
    // In front of the prompt the shell may tell what became of the job.
    assertMatch((await shell.runToEnd("echo the shell reads")).output, /^the shell reads\r\n/);
    assertEquals(await shell.modes(), modes);
  }
  await fg(shell);
  shell.type("\r");
  await shell.waitForEnd(["/ #"]);
  await expectAnswer(shell, "uname", ["Linux"]);
  await detach(shell);
});

for (const signal of signals) {
  ptyTest(`stopped: ${signal} ends it by fg`, { limit }, async (shell) => {
    const modes = await shell.modes();
    await using box = containerToCome();
    const client = await open(shell, box.name, "--sig-proxy=false");
    await stop(shell, client, modes);
    Deno.kill(client, signal);
    shell.run("fg");
    assertEquals(await shell.finished(), CODES[signal]);
    assert((await box.state()).Running);
  });
}

ptyTest("stopped: SIGTERM is passed on to the process by fg", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const script = 'trap "echo got TERM; exit 33" TERM; echo rea""dy; while :; do sleep 0.05; done';
  shell.run(`dockerpty run -it --network none --name ${box.name} busybox sh -c '${script}'`);
  await joined(shell);
  await shell.waitFor("ready");
  const client = await shell.foreground();
  await stop(shell, client, modes);
  Deno.kill(client, "SIGTERM");
  shell.run("fg");
  assertEquals(await shell.finished(), 33);
  assertStringIncludes(shell.output, "got TERM\r\n");
});

/** How a shell tells of a job that they have ended. */
const WORDS = { SIGTERM: "Terminated", SIGINT: "Interrupt", SIGHUP: "Hangup", SIGQUIT: "Quit" };

/** Ends it behind the shell's back, as `kill %1` does: what is stopped takes no signal but SIGCONT. */
async function end(shell: Shell, client: number, signal: Fatal): Promise<void> {
  const modes = await shell.modes();
  Deno.kill(client, signal);
  Deno.kill(client, "SIGCONT");
  // Nothing is typed before: what it would read from the background stops it (SIGTTIN).
  await until(() => ["Z", null].includes(stateOf(client)), { what: "the client's end" });
  const word = RegExp(`^\\[1\\] ?\\+ +${WORDS[signal]}`, "m");
  const ended = async () => word.test((await shell.runToEnd("jobs")).output);
  await until(ended, { what: "the shell's word", timeout: 10_000, interval: 50 });
  assertEquals(await shell.modes(), modes);
}

for (const signal of signals) {
  ptyTest(`stopped: ${signal} ends it without fg`, { limit }, async (shell) => {
    const modes = await shell.modes();
    await using box = containerToCome();
    const client = await open(shell, box.name, "--sig-proxy=false");
    await stop(shell, client, modes);
    await end(shell, client, signal);
    assert((await box.state()).Running);
  });

  ptyTest(`stopped: ${signal} ends it in the background`, { limit }, async (shell) => {
    const modes = await shell.modes();
    await using box = containerToCome();
    const client = await open(shell, box.name, "--sig-proxy=false");
    await stop(shell, client, modes);
    await bg(shell, client, modes);
    await end(shell, client, signal);
    assert((await box.state()).Running);
  });
}

ptyTest("stopped: by SIGSTOP, SIGTERM ends it without fg", { limit }, async (shell) => {
  const modes = await shell.modes();
  await using box = containerToCome();
  const client = await open(shell, box.name, "--sig-proxy=false");
  Deno.kill(client, "SIGSTOP");
  await shell.finished();
  // Nobody hears of it before: a shell with a line editor does this by itself.
  await stty(modes, shell.path);
  await end(shell, client, "SIGTERM");
  assert((await box.state()).Running);
});

ptyTest("stopped: an exec without a terminal, by ctrl-z as docker's", { limit }, async (shell) => {
  await using box = await container({ cmd: ["sleep", "600"] });
  shell.run(`dockerpty exec ${box.name} sh -c 'echo ready; exec sleep 60'`);
  await shell.waitForOutput(/ready/);
  const client = await shell.foreground();
  shell.type("\x1a");
  assertNotEquals(await shell.finished(), 0);
  assertEquals(stateOf(client), "T");
  shell.run("fg");
  await until(() => stateOf(client) === "S", { what: "it to go on" });
  shell.type("\x03");
  assertEquals(await shell.finished(), 130);
});
