/** Signals to the command: they reach the process in the container, or end the command. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { Live } from "./live.ts";
import { alive, bare, idle, runRemoved } from "./piped.ts";

/** Ends with 33 and the signal's name by one of these, and by nothing else. */
const trapping = `
for name in HUP INT QUIT TERM USR1 USR2; do trap "echo $name; exit 33" $name; done
echo ready
for i in $(seq 600); do sleep 0.1; done`;
const command = ["sh", "-c", trapping];

const signals: Deno.Signal[] = ["SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP", "SIGQUIT"];

for (const signal of signals) {
  testWithEngine(`command: signals: ${signal} to run reaches the container`, async () => {
    await using run = new Live(runRemoved("busybox", ...command));
    await run.waitFor("ready\n");
    run.kill(signal);
    const { code, stdout } = await run.end();
    assertEquals({ code, stdout }, { code: 33, stdout: `ready\n${signal.slice(3)}\n` });
  });
}

testWithEngine("command: signals: to run with a tty, too", async () => {
  await using run = new Live(runRemoved("-t", "busybox", ...command));
  await run.waitFor("ready\r\n");
  run.kill("SIGTERM");
  assertEquals((await run.end()).code, 33);
});

testWithEngine("command: signals: to attach and to start -a, too", async () => {
  await using attachedTo = await container({
    cmd: ["sh", "-c", `read -r _\n${trapping}`],
    openStdin: true,
  });
  await using attached = new Live(["attach", attachedTo.name], { stdin: "piped" });
  await attached.write("go\n");
  await attached.waitFor("ready\n");
  attached.kill("SIGINT");
  assertEquals((await attached.end()).code, 33);

  await using started = await container({ cmd: command, start: false });
  await using start = new Live(["start", "-a", started.name]);
  await start.waitFor("ready\n");
  start.kill("SIGTERM");
  assertEquals((await start.end()).code, 33);
});

testWithEngine("command: signals: SIGWINCH is not passed on", async () => {
  const script = `trap 'echo WINCH' WINCH\n${trapping}`;
  await using run = new Live(runRemoved("busybox", "sh", "-c", script));
  await run.waitFor("ready\n");
  run.kill("SIGWINCH");
  run.kill("SIGUSR1");
  const { code, stdout } = await run.end();
  assertEquals({ code, stdout }, { code: 33, stdout: "ready\nUSR1\n" });
}, { ignore: Deno.build.os === "windows" });

testWithEngine("command: signals: with --sig-proxy=false they end the command alone", async () => {
  await using box = containerToCome();
  const flags = ["--sig-proxy=false", "--name", box.name, ...bare];
  await using run = new Live(["run", ...flags, "busybox", ...command]);
  await run.waitFor("ready\n");
  run.kill("SIGTERM");
  assertEquals((await run.end()).signal, "SIGTERM");
  assert((await box.state()).Running);

  await using attached = new Live(["attach", "--sig-proxy=false", box.name]);
  await attached.joined();
  attached.kill("SIGINT");
  assertEquals((await attached.end()).signal, "SIGINT");
  assert((await box.state()).Running);
});

// docker's own CLI passes nothing on to an exec.
for (const signal of underTest === "docker" ? [] : signals) {
  testWithEngine(`command: signals: ${signal} to exec reaches the command`, async () => {
    await using box = await idle();
    await using exec = new Live(["exec", box.name, ...command]);
    await exec.waitFor("ready\n");
    exec.kill(signal);
    const { code, stdout } = await exec.end();
    assertEquals({ code, stdout }, { code: 33, stdout: `ready\n${signal.slice(3)}\n` });
    assertEquals(await alive(box), ["cat"]);
  });
}

testWithEngine("command: signals: to exec, the command's children end with it", async () => {
  if (underTest === "docker") return;
  await using box = await idle();
  const script = "sh -c 'sleep 61 & sleep 62 & wait' & echo ready; wait";
  await using exec = new Live(["exec", box.name, "sh", "-c", script]);
  await exec.waitFor("ready\n");
  const both = async () => (await box.processes()).filter((line) => /^sleep 6/.test(line)).length;
  await until(async () => await both() === 2, { what: "two children" });
  exec.kill("SIGTERM");
  const { code, stderr } = await exec.end();
  assertEquals(code, 143, stderr);
  await until(async () => await both() === 0, { what: "the children to end" });
  assertEquals((await box.state()).Running, true);
});

testWithEngine("command: signals: that a container ignores, it may ignore", async () => {
  await using box = containerToCome();
  const script = "trap '' TERM; echo ready; until [ -e /stop ]; do sleep 0.05; done; exit 3";
  await using run = new Live(["run", "--name", box.name, ...bare, "busybox", "sh", "-c", script]);
  await run.waitFor("ready\n");
  run.kill("SIGTERM");
  await box.exec(["touch", "/stop"]);
  const { code, stderr } = await run.end();
  assertEquals(code, 3);
  assertMatch(stderr, /^$/);
});

testWithEngine("command: signals: three ctrl-c leave a process that ignores them", async () => {
  await using box = containerToCome();
  const script = "trap '' INT TERM; echo ready; exec sleep 60";
  await using run = new Live(["run", "--name", box.name, ...bare, "busybox", "sh", "-c", script]);
  await run.waitFor("ready\n");
  const end = run.end();
  const again = () => {
    try {
      run.kill("SIGINT");
      return false;
    } catch {
      return true; // It has ended.
    }
  };
  // Two that come at once may be one.
  await until(again, { what: "its end", interval: 200 });
  const { signal, stderr } = await end;
  assertEquals(signal, "SIGINT", stderr);
  assertEquals(stderr, "dockerpty: SIGINT, 3 in a row: leaving; the process may run on\n");
  assertEquals((await box.state()).Running, true);
});
