import { assert, assertEquals, assertMatch } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { container, testWithEngine, uniqueName } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { assertFailed, assertRan } from "./piped.ts";

const stopped = (script: string, options = {}) =>
  container({ cmd: ["sh", "-c", script], start: false, ...options });

testWithEngine("command: start: prints the names, and attaches to nothing", async () => {
  await using one = await stopped("echo unseen; exec sleep 60");
  await using two = await stopped("echo unseen; exec sleep 60");
  assertRan(await runPiped(["start", one.name, two.name]), {
    stdout: `${one.name}\n${two.name}\n`,
  });
  assertEquals([(await one.state()).Running, (await two.state()).Running], [true, true]);
});

testWithEngine("command: start: several, of which one is missing", async () => {
  await using there = await stopped("exec sleep 60");
  const missing = uniqueName();
  const { code, text, stderr } = await runPiped(["start", missing, there.name]);
  assertEquals({ code, text }, { code: 1, text: `${there.name}\n` });
  assertMatch(stderr, new RegExp(missing));
  assert((await there.state()).Running);
});

testWithEngine("command: start -a: output apart, and the code", async () => {
  await using box = await stopped("echo out; echo err >&2; exit 7");
  for (let time = 0; time < 2; time++) {
    assertRan(await runPiped(["start", "-a", box.name]), {
      code: 7,
      stdout: "out\n",
      stderr: "err\n",
    });
  }
});

testWithEngine("command: start -a: without -i, stdin stays here", async () => {
  await using box = await stopped("echo started; cat; echo end; exec sleep 60", {
    openStdin: true,
    stdinOnce: true,
  });
  await using started = new Live(["start", "--attach", box.name], { stdin: "piped" });
  await started.waitFor("started\n");
  await started.write("unread\n");
  await started.closeStdin();
  assert((await box.processes()).includes("cat"), "it has read an end");
  await box.kill();
  const { code, stdout } = await started.end();
  assertEquals({ code, stdout }, { code: 137, stdout: "started\n" });
});

testWithEngine("command: start -i, -ai: what is piped in is read to its end", async () => {
  await using box = await container({
    cmd: ["tr", "a-z", "A-Z"],
    start: false,
    openStdin: true,
    stdinOnce: true,
  });
  for (const flags of [["-i"], ["-ai"], ["-a", "-i"], ["--attach", "--interactive"]]) {
    assertRan(await runPiped(["start", ...flags, box.name], { stdin: "hello\n" }), {
      stdout: "HELLO\n",
    });
  }
});

testWithEngine("command: start -a: with a tty, one stream with its line ends", async () => {
  await using box = await stopped("tty -s && echo out; echo err >&2; exit 8", { tty: true });
  assertRan(await runPiped(["start", "-a", box.name]), { code: 8, stdout: "out\r\nerr\r\n" });
});

testWithEngine("command: start -a: several is an error, and starts none", async () => {
  await using one = await stopped("exec sleep 60");
  await using two = await stopped("exec sleep 60");
  for (const flag of ["-a", "-i"]) {
    const result = await runPiped(["start", flag, one.name, two.name]);
    assertFailed(result, 1, /you cannot start and attach multiple containers at once/);
  }
  for (const box of [one, two]) assertEquals((await box.state()).Running, false);
});
