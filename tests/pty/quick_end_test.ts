import { assertEquals } from "@std/assert";
import { container, testWithEngine } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { atShell, ptyTest } from "./pty_test_case.ts";

/** Types the same line again and again: each time it ends, with 0, and has written all of `expected`. */
async function again(shell: Shell, times: number, line: string, expected: string): Promise<void> {
  for (let time = 1; time <= times; time++) {
    const { code, output } = await shell.runToEnd(line);
    // Without its input, the local terminal is not raw and adds a carriage return of its own.
    const seen = { code, output: output.replaceAll(/\r+\n/g, "\n") };
    assertEquals(seen, { code: 0, output: expected }, `time ${time} of ${times}`);
  }
}

const limit = 300_000;

/** What ends at once, and what writes and ends, at two terminals at the same time. */
async function quickEnds(line: string): Promise<void> {
  const both = [
    atShell({}, (shell) => again(shell, 20, `${line} true`, "")),
    atShell({}, (shell) => again(shell, 20, `${line} echo marker`, "marker\n")),
  ];
  // Not to be left by one while the other still types.
  await Promise.allSettled(both);
  await Promise.all(both);
}

ptyTest("start -ai: /bin/true ends cleanly, 10 times", { limit }, async (shell) => {
  await using box = await container({ tty: true, openStdin: true, cmd: ["true"], start: false });
  await again(shell, 10, `dockerpty start -ai ${box.name}`, "");
  assertEquals((await box.state()).ExitCode, 0);
});

const options = { limit, ignore: Deno.build.os !== "linux" };

testWithEngine(
  "pty: run -it: true ends cleanly, and echo is always seen, 20 times each",
  async () => {
    await quickEnds("dockerpty run --rm -it --network none busybox");
  },
  options,
);

testWithEngine(
  "pty: exec -t: true ends cleanly, and echo is always seen, 20 times each",
  async () => {
    await using box = await container({ cmd: ["cat"], openStdin: true });
    await quickEnds(`dockerpty exec -t ${box.name}`);
  },
  options,
);
