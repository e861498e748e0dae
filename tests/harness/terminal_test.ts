import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { Shell } from "./shell.ts";
import { Terminal } from "./terminal.ts";

function test(name: string, fn: () => Promise<void>) {
  const ignore = Deno.build.os !== "linux";
  Deno.test({ name, fn, ignore, timeout: 60_000, sanitizeOps: true, sanitizeResources: true });
}

test("terminal: a process's screen, size, exit code and signal", async () => {
  await using sized = Terminal.spawn(["sh", "-c", "stty size; printf 'a\\033[2Cb'; exit 7"], {
    rows: 11,
    cols: 33,
  });
  assertEquals(await sized.exit, { code: 7, signal: 0 });
  assertEquals(sized.screen(), "11 33\na  b");
  assertEquals(sized.rawText(), "11 33\r\na\x1b[2Cb");
  await using killed = Terminal.spawn(["sh", "-c", "kill -TERM $$"]);
  assertEquals((await killed.exit).signal, 15);
});

test("terminal: waiting in vain tells what was waited for and what the screen shows", async () => {
  await using terminal = Terminal.spawn(["sh", "-c", "echo here I am; exec sleep 60"]);
  await terminal.waitFor("here I am");
  await assertRejects(() => terminal.waitFor("nobody", { timeout: 1 }), Error, "here I am");
  const gone = assertRejects(() => terminal.waitFor(/nobody/), Error, "ended");
  Deno.kill(terminal.pid, "SIGKILL");
  await gone;
});

test("terminal: it answers like one, and is resized", async () => {
  await using shell = await Shell.open({ rows: 20, cols: 70 });
  shell.resize(30, 100);
  assertEquals(await shell.runToEnd("stty size"), { code: 0, output: "30 100\r\n" });
  shell.run(String.raw`stty raw -echo; printf '\033[6n'; head -c 6 | od -c; stty -raw echo`);
  assertEquals(await shell.finished(), 0);
  assert(shell.output.includes("033   [   4   ;   1   R"), shell.output);
});

test("shell: a command's exit code and output, and what it did to the terminal", async () => {
  await using shell = await Shell.open();
  const modes = await shell.modes();
  const flags = shell.flags();
  assertEquals(await shell.runToEnd("echo out; (exit 5)"), { code: 5, output: "out\r\n" });
  assertEquals(await shell.modes(), modes);
  assertEquals((await shell.runToEnd("stty -opost -echoctl")).code, 0);
  assertNotEquals(await shell.modes(), modes);
  assert((await shell.settings()).has("-opost"));
  assertEquals(shell.flagsAtPrompts, [flags, flags, flags]);
});
