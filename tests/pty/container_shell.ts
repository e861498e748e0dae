/** A shell in a container, joined to the local terminal. */
import { assert, assertEquals } from "@std/assert";
import type { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import type { Prepared, Way } from "./ways.ts";

/** Types the line that opens it, and waits for its prompt. */
export async function open(shell: Shell, way: Way, { line }: Prepared): Promise<void> {
  shell.run(line);
  await joined(shell);
  // A shell that has prompted before someone joined does it again when asked.
  if (way.joins) shell.type("\r");
  await shell.waitForEnd(["/ #"]);
}

/** Waits until the terminal is the session's: its modes are raw, or the command has failed. */
export async function joined(shell: Shell): Promise<void> {
  await until(async () => {
    assert(!/here\[/.test(shell.sinceRun), `the session ended at once: ${shell.sinceRun}`);
    return (await shell.settings()).has("-icanon");
  }, { what: () => `the terminal to be raw; the screen:\n${shell.screen()}` });
}

/** Types a line into it, and waits for what it answers and the next prompt. */
export async function expectAnswer(shell: Shell, typed: string, lines: string[]): Promise<void> {
  shell.type(`${typed}\r`);
  await shell.waitForEnd([`/ # ${typed}`, ...lines, "/ #"]);
}

/** Leaves it by `exit CODE`; that is how the command, and but for an exec the container, ends. */
export async function exit(shell: Shell, way: Way, { container }: Prepared, code: number) {
  shell.type(`exit ${code}\r`);
  assertEquals(await shell.finished(), code);
  if (way.execs) {
    assertEquals(await container.processes(), ["cat"]);
  } else {
    assertEquals((await container.stopped()).ExitCode, code);
  }
}
