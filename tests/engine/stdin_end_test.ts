/** What ends a command that reads: its input's end, or its own, whichever comes first. */
import { assert, assertEquals } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { assertRan, idle, isPodman, runRemoved } from "./piped.ts";

testWithEngine("command: run -i: ends with what is piped in", async () => {
  const args = runRemoved("-i", "busybox", "cat");
  assertRan(await runPiped(args, { stdin: "hi\n" }), { stdout: "hi\n" });
  assertRan(await runPiped(args, { stdin: "" }), {});
  assertRan(await runPiped(args, { stdin: "null" }), {});
});

testWithEngine("command: run -i: output goes on after the input's end", async () => {
  const script = "cat; for i in 1 2 3; do sleep 0.1; echo $i; done; echo err >&2; exit 3";
  assertRan(await runPiped(runRemoved("-i", "busybox", "sh", "-c", script), { stdin: "in\n" }), {
    code: 3,
    stdout: "in\n1\n2\n3\n",
    stderr: "err\n",
  });
});

testWithEngine("command: run -i: ends when the command does, stdin being open", async () => {
  const args = runRemoved("-i", "busybox", "sh", "-c", "echo out; exit 4");
  assertRan(await runPiped(args, { stdin: "open" }), { code: 4, stdout: "out\n" });
});

testWithEngine("command: run -i: an end that comes late", async () => {
  await using run = new Live(runRemoved("-i", "busybox", "sh", "-c", "echo ready; cat"), {
    stdin: "piped",
  });
  await run.waitFor("ready\n");
  await run.write("late\n");
  await run.waitFor("late\n");
  await run.closeStdin();
  const { code, stdout } = await run.end();
  assertEquals({ code, stdout }, { code: 0, stdout: "ready\nlate\n" });
});

testWithEngine(
  "command: run: without -i, stdin is not read, and the command's is empty",
  async () => {
    assertRan(await runPiped(runRemoved("busybox", "cat"), { stdin: "not for it\n" }), {});
    assertRan(await runPiped(runRemoved("busybox", "cat"), { stdin: "open" }), {});
  },
);

testWithEngine("command: run -i: more input than the command takes", async () => {
  const args = runRemoved("-i", "busybox", "head", "-c", "5");
  const megabytes = new TextEncoder().encode("12345678".repeat(1 << 19));
  const result = await runPiped(args, { stdin: megabytes });
  // Podman complains of its own broken pipe.
  assertRan(await isPodman() ? { ...result, stderr: "" } : result, { stdout: "12345" });
});

testWithEngine("command: exec -i: ends with what is piped in", async () => {
  await using box = await idle();
  const args = ["exec", "-i", box.name, "cat"];
  assertRan(await runPiped(args, { stdin: "hi\n" }), { stdout: "hi\n" });
  assertRan(await runPiped(args, { stdin: "" }), {});
  assertRan(await runPiped(args, { stdin: "null" }), {});
  assert((await box.processes()).length === 1);
});

testWithEngine("command: exec -i: ends when the command does, stdin being open", async () => {
  await using box = await idle();
  const args = ["exec", "-i", box.name, "sh", "-c", "echo out; exit 4"];
  assertRan(await runPiped(args, { stdin: "open" }), { code: 4, stdout: "out\n" });
});

testWithEngine("command: exec -i: output goes on after the input's end", async () => {
  await using box = await idle();
  const script = "cat; for i in 1 2 3; do sleep 0.1; echo $i; done; exit 3";
  assertRan(await runPiped(["exec", "-i", box.name, "sh", "-c", script], { stdin: "in\n" }), {
    code: 3,
    stdout: "in\n1\n2\n3\n",
  });
});

testWithEngine("command: start -ai: ends when the command does, stdin being open", async () => {
  await using box = await container({
    cmd: ["sh", "-c", "echo out; exit 4"],
    start: false,
    openStdin: true,
    stdinOnce: true,
  });
  assertRan(await runPiped(["start", "-ai", box.name], { stdin: "open" }), {
    code: 4,
    stdout: "out\n",
  });
});
