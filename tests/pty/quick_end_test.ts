import { assertEquals } from "@std/assert";
import { container } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { ptyTest } from "./pty_test_case.ts";

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

ptyTest("start -ai: /bin/true ends cleanly, 20 times", { limit }, async (shell) => {
  await using box = await container({ tty: true, openStdin: true, cmd: ["true"], start: false });
  await again(shell, 20, `dockerpty start -ai ${box.name}`, "");
  assertEquals((await box.state()).ExitCode, 0);
});

const run = "dockerpty run --rm -it --network none busybox";

ptyTest("run -it: true ends cleanly, 50 times", { limit }, async (shell) => {
  await again(shell, 50, `${run} true`, "");
});

ptyTest("run -it: echo is always seen, 50 times", { limit }, async (shell) => {
  await again(shell, 50, `${run} echo marker`, "marker\n");
});

ptyTest("exec -t: true ends cleanly, 50 times", { limit }, async (shell) => {
  await using box = await container({ cmd: ["cat"], openStdin: true });
  await again(shell, 50, `dockerpty exec -t ${box.name} true`, "");
});

ptyTest("exec -t: echo is always seen, 50 times", { limit }, async (shell) => {
  await using box = await container({ cmd: ["cat"], openStdin: true });
  await again(shell, 50, `dockerpty exec -t ${box.name} echo marker`, "marker\n");
});
