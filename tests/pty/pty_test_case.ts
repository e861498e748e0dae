/** The frame of every test here: a shell at a terminal, and what has to hold when it is over. */
import { assertEquals } from "@std/assert";
import { testWithEngine } from "../harness/engine.ts";
import { Shell } from "../harness/shell.ts";

/** What a test here may set. */
export interface PtyTestOptions {
  rows?: number;
  cols?: number;
  /**
   * Whether the terminal answers what it is asked. At each prompt busybox's shell asks where the
   * cursor is, and by when the answer comes, a test may have left it.
   *
   * @default {false}
   */
  answers?: boolean;
  /** In milliseconds, for all of it. */
  limit?: number;
}

/**
 * A test whose commands are typed into a shell at a terminal. After it, at the shell's prompt, the
 * terminal's modes and its descriptor's flags have to be those from before, and the first key typed
 * has to reach the shell.
 */
export function ptyTest(
  name: string,
  { limit, ...terminal }: PtyTestOptions,
  fn: (shell: Shell) => Promise<void>,
): void {
  testWithEngine(
    `pty: ${name}`,
    () => atShell(terminal, fn),
    { limit, ignore: Deno.build.os !== "linux" },
  );
}

/** Opens a shell at a terminal; after `fn`, that has to be as it was: see {@linkcode ptyTest}. */
export async function atShell(
  { rows = 20, cols = 70, answers = false }: Omit<PtyTestOptions, "limit">,
  fn: (shell: Shell) => Promise<void>,
): Promise<void> {
  await using shell = await Shell.open({ rows, cols, answers });
  const modes = await shell.modes();
  const flags = shell.flags();
  await fn(shell);
  assertEquals(await shell.modes(), modes, "the terminal's modes are not those from before");
  const flagsLeft = shell.flagsAtPrompts.filter((left) => left !== flags);
  assertEquals(flagsLeft, [], `the descriptor's flags were ${flags} before`);
  const next = await shell.runToEnd("echo next reader");
  assertEquals(next, { code: 0, output: "next reader\r\n" });
}
