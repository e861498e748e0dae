/** A terminal that is another user's, as after `su`: the command cannot open it anew. */
import { assertEquals } from "@std/assert";
import { container } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { joined } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";

const NOBODY = 65534;
const limit = 180_000;

/** Nobody else can give a terminal away. */
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
if (!isRoot) console.error("SKIPPED pty: another user's terminal: only root can give one away");
const test: typeof ptyTest = (...args) => isRoot && ptyTest(...args);

/** A line whose command may open only what its user may; root else may open all. */
const bounded = (line: string) =>
  `setpriv --bounding-set -dac_override,-dac_read_search sh -c '${line}'`;

/** Gives the terminal to somebody else, so that whoever has it open keeps it, and nobody more gets it. */
async function giveAway(shell: Shell): Promise<void> {
  await Deno.chown(shell.path, NOBODY, NOBODY);
  await Deno.chmod(shell.path, 0o600);
  assertEquals((await shell.runToEnd(bounded(": <$(tty)"))).code === 0, false);
}

test("another user's terminal: no output is lost, nor any key", { limit }, async (shell) => {
  await giveAway(shell);
  const cmd = ["sh", "-c", "seq 100000; echo all; exec cat"];
  await using box = await container({
    cmd,
    tty: true,
    openStdin: true,
    start: false,
    logDriver: "none",
  });
  shell.run(bounded(`exec dockerpty start -ai ${box.name}`));
  await joined(shell);
  await shell.waitFor(/\n100000\nall$/, { timeout: 90_000 });
  shell.type("typed\r");
  await shell.waitForEnd(["typed", "typed"], { timeout: 60_000 });
  shell.type("\x04");
  assertEquals(await shell.finished({ timeout: 60_000 }), 0);
  const numbers = shell.sinceRun.match(/^\d+(?=\r)/gm)!;
  assertEquals([numbers.length, numbers[99_999]], [100_000, "100000"]);
});

test("another user's terminal: detached from, and joined again", { limit }, async (shell) => {
  await giveAway(shell);
  await using box = await container({ cmd: ["cat"], tty: true, openStdin: true });
  for (const word of ["one", "two"]) {
    shell.run(bounded(`exec dockerpty attach ${box.name}`));
    await joined(shell);
    shell.type(`${word}\r`);
    await shell.waitForEnd([word, word], { timeout: 60_000 });
    shell.type("\x10\x11");
    assertEquals(await shell.finished({ timeout: 60_000 }), 0);
    assertEquals((await shell.runToEnd("echo every key")).output, "every key\r\n");
  }
});
