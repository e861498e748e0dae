/** The command in the background of a shell with job control: it goes on until it needs the terminal. */
import { assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { type Container, container, containerToCome } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { joined } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";

const limit = 120_000;
const timeout = 60_000;

/** What docker's command line does in another way: signals to stop it go to its process. */
const ownTest: typeof ptyTest = (...args) => underTest !== "docker" && ptyTest(...args);

/** A container that commands are started in. */
const idle = (): Promise<Container> => container({ cmd: ["cat"], openStdin: true });

/** Starts a line in the background; returns the number of its process. */
async function begin(shell: Shell, line: string): Promise<number> {
  const { output } = await shell.runToEnd(`${line} & echo $!`, { timeout });
  return Number(/^(\d+)\r/m.exec(output)![1]);
}

const isStopped = (pid: number) => /\) T/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));

/** Waits until a process is stopped. */
const stopped = (pid: number) =>
  until(() => isStopped(pid), { what: "the client to be stopped", timeout });

/** Types for the shell until a process is stopped by that: it may not have come to its input yet. */
async function stoppedByKeys(shell: Shell, pid: number): Promise<void> {
  const typed = async () => {
    assertEquals((await shell.runToEnd("echo the shell", { timeout })).code, 0);
    await shell.waitForOutput(/^the shell\r/m, { timeout });
    return isStopped(pid);
  };
  await until(typed, { what: "the client to be stopped by keys", timeout, interval: 50 });
}

/** How often the terminal has been shown `line`. */
const shown = (shell: Shell, line: string) =>
  shell.rawText().split(/[\r\n]+|\$ (?=\w)/).filter((one) => one === line).length;

ptyTest("background: exec -i shows output, and stops for its input until fg", { limit }, async (
  shell,
) => {
  await using box = await idle();
  const modes = await shell.modes();
  const command = `sh -c 'echo beg""un; cat; echo en""ded; exit 3'`;
  const client = await begin(shell, `dockerpty exec -i ${box.name} ${command}`);
  // docker's command line reads at once, and so is stopped at once.
  if (underTest !== "docker") await shell.waitForOutput(/begun\r/, { timeout });
  // Keys are the shell's, and tell the client that it needs the terminal.
  await stoppedByKeys(shell, client);
  assertEquals(await shell.modes(), modes);
  shell.run("fg");
  await shell.foreground();
  await shell.waitForOutput(/begun\r/, { timeout });
  shell.type("typed\r");
  await shell.waitForEnd(["typed", "typed"], { timeout });
  shell.type("\x04");
  assertEquals(await shell.finished({ timeout }), 3);
  assertEquals([shown(shell, "begun"), shown(shell, "ended")], [1, 1]);
});

ptyTest("background: exec -i that needs no input runs to its end", { limit }, async (shell) => {
  await using box = await idle();
  // docker's command line stops for input that nobody has asked for.
  const wait = underTest === "docker" ? "fg" : "wait $!";
  await begin(shell, `dockerpty exec -i ${box.name} sh -c 'sleep 0.3; echo en""ded; exit 3'`);
  assertEquals((await shell.runToEnd(wait, { timeout })).code, 3);
  assertEquals(shown(shell, "ended"), 1);
});

ptyTest("background: exec -i: what is written while it is stopped comes by fg", { limit }, async (
  shell,
) => {
  await using box = await idle();
  const command = `sh -c 'until [ -e /go ]; do sleep 0.05; done; seq 2000; touch /gone; read line'`;
  const client = await begin(shell, `dockerpty exec -i ${box.name} ${command}`);
  if (underTest !== "docker") {
    const runs = async () => (await box.processes()).some((line) => line.includes("/gone"));
    await until(runs, { what: "the process", timeout });
  }
  await stoppedByKeys(shell, client);
  await box.exec(["touch", "/go"]);
  if (underTest !== "docker") {
    await until(async () => (await box.exec(["test", "-e", "/gone"])).code === 0, {
      what: "all to be written",
      timeout,
    });
  }
  assertEquals(shown(shell, "1"), 0);
  shell.run("fg");
  await shell.waitFor(/^2000$/m, { timeout });
  shell.type("\r");
  assertEquals(await shell.finished({ timeout }), 0);
  const numbers = shell.sinceRun.match(/^\d+(?=\r)/gm)!;
  assertEquals(numbers, Array.from({ length: 2000 }, (_, index) => `${index + 1}`));
});

for (const flags of ["", "-t"]) {
  ptyTest(`background: run ${flags} with no stdin runs to its end`.replace("  ", " "), {
    limit,
  }, async (shell) => {
    await using box = containerToCome();
    const modes = await shell.modes();
    const line = `dockerpty run --rm ${flags} --network none --name ${box.name} busybox`;
    shell.run(`${line} sh -c 'echo h""i; exit 3' & wait $!`);
    assertEquals(await shell.finished({ timeout }), 3);
    assertEquals([shown(shell, "hi"), await box.exists()], [1, false]);
    assertEquals(await shell.modes(), modes);
  });
}

ptyTest("background: run with stdin from elsewhere runs to its end", { limit }, async (shell) => {
  await using box = containerToCome();
  const line = `dockerpty run --rm -i --network none --name ${box.name} busybox`;
  shell.run(`echo piped | ${line} cat & wait $!`);
  assertEquals(await shell.finished({ timeout }), 0);
  assertEquals([shown(shell, "piped"), await box.exists()], [1, false]);
});

ownTest("background: where the terminal keeps output back, it comes by fg", { limit }, async (
  shell,
) => {
  await using box = containerToCome();
  await shell.runToEnd("stty tostop");
  const line = `dockerpty run --rm --network none --name ${box.name} busybox`;
  const client = await begin(shell, `${line} sh -c 'echo h""i; exit 3'`);
  await stopped(client);
  assertEquals(shown(shell, "hi"), 0);
  assertEquals((await shell.runToEnd("fg", { timeout })).code, 3);
  assertEquals([shown(shell, "hi"), await box.exists()], [1, false]);
  await shell.runToEnd("stty -tostop");
});

ptyTest("background: exec -it whose process has ended shows it by fg", { limit }, async (shell) => {
  await using box = await idle();
  const modes = await shell.modes();
  const client = await begin(shell, `dockerpty exec -it ${box.name} sh -c 'echo en""ded; exit 3'`);
  await stopped(client);
  const alone = async () => (await box.processes()).join() === "cat";
  await until(alone, { what: "the process's end", timeout });
  assertEquals([await shell.modes(), shown(shell, "ended")], [modes, 0]);
  assertEquals((await shell.runToEnd("fg", { timeout })).code, 3);
  assertEquals(shown(shell, "ended"), 1);
});

ownTest("background: attach, stopped and sent there by bg, waits for fg", { limit }, async (
  shell,
) => {
  await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
  const modes = await shell.modes();
  shell.run(`dockerpty attach ${box.name}`);
  await joined(shell);
  const client = await shell.foreground();
  Deno.kill(client, "SIGTSTP");
  await shell.finished({ timeout });
  await shell.runToEnd("bg", { timeout });
  // It stops again where it would make the terminal raw.
  await stopped(client);
  assertEquals(await shell.modes(), modes);
  assertEquals((await shell.runToEnd("echo the shell")).code, 0);
  shell.run("fg");
  await joined(shell);
  shell.type("typed\r");
  await shell.waitForEnd(["typed", "typed"], { timeout });
  shell.type("\x10\x11");
  await shell.finished({ timeout });
});
