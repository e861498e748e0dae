/** What the tests of engines that are reached by other ways than a local socket share. */
import { assertEquals, assertMatch } from "@std/assert";
import { digestOf, randomBytes } from "../engine/bytes.ts";
import { dockerpty, type PipedOptions, type PipedResult, runPiped } from "../harness/command.ts";
import { Shell } from "../harness/shell.ts";

/** A container that is removed at its end. */
export const RUN = ["run", "--rm", "--network", "none"];

/** A script for a container to idle by, which ends at once when it is told to. */
export const IDLE = ["sh", "-c", "trap exit TERM; while :; do sleep 0.2; done"];

/** A way to an engine: the flags that lead to it, and the environment. */
export interface Way {
  flags: string[];
  env?: Record<string, string>;
}

/** Runs the command on pipes, by this way. */
export function command(
  way: Way,
  args: string[],
  options: PipedOptions = {},
): Promise<PipedResult> {
  return runPiped([...way.flags, ...args], { ...options, env: { ...way.env, ...options.env } });
}

/** Checks that nothing came of it but one line on stderr, which says all of `says`. */
export function assertRefused(
  { code, text, stderr }: PipedResult,
  expected: number,
  ...says: RegExp[]
): void {
  assertEquals({ code, text }, { code: expected, text: "" }, stderr);
  assertMatch(stderr, /^dockerpty[^\n]*\n$/);
  for (const pattern of says) assertMatch(stderr, pattern);
}

/** Output, errors, exit code, and the end of stdin behind which output goes on. */
export async function checkPipes(way: Way): Promise<void> {
  const script = "cat; echo end; echo err >&2; exit 5";
  const args = [...RUN, "-i", "busybox", "sh", "-c", script];
  const { code, text, stderr } = await command(way, args, { stdin: "typed\n" });
  assertEquals({ code, text, stderr }, { code: 5, text: "typed\nend\n", stderr: "err\n" });
}

/** A container's name that no other has. */
export function uniqueName(): string {
  return `dockerpty-test-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
}

/** A container in the background, for execs. */
export async function withIdle(way: Way, use: (name: string) => Promise<void>): Promise<void> {
  const name = uniqueName();
  const made = await command(way, [...RUN, "-d", "--name", name, "busybox", ...IDLE]);
  assertEquals(made.code, 0, made.stderr);
  try {
    await use(name);
  } finally {
    const { code, stderr } = await command(way, ["exec", name, "kill", "1"]);
    assertEquals(code, 0, stderr);
  }
}

/** Eight megabytes there and back, and not a byte another one. */
export async function checkBulk(way: Way, name: string): Promise<void> {
  const sent = [...randomBytes(8 << 20)];
  const { code, stdout, stderr } = await command(way, ["exec", "-i", name, "cat"], {
    stdin: ReadableStream.from(sent),
    timeout: 40_000,
  });
  assertEquals(code, 0, stderr);
  assertEquals(digestOf([stdout]), digestOf(sent));
}

/** A shell at a terminal: the first size and the next, a detach, another look, an exit code. */
export async function checkTerminal(way: Way): Promise<void> {
  const name = uniqueName();
  const line = (args: string[]) => quoted(dockerpty([...way.flags, ...args]));
  await using shell = await Shell.open({ rows: 20, cols: 70, env: way.env });
  const modes = await shell.modes();
  shell.run(`clear; ${line([...RUN, "-it", "--name", name, "busybox", "sh"])}`);
  await shell.waitForEnd(["/ #"]);
  shell.type("stty size\r");
  await shell.waitForEnd(["20 70", "/ #"]);
  shell.resize(28, 105);
  shell.type("until stty size | grep '28 105'; do sleep 0.1; done\r");
  await shell.waitForEnd(["28 105", "/ #"]);
  shell.type("\x10\x11");
  assertEquals(await shell.finished(), 0, "detached");
  assertEquals(await shell.modes(), modes);
  shell.run(line(["attach", name]));
  await shell.waitForOutput(/\/ # /, { since: shell.raw.length });
  shell.type("exit 7\r");
  assertEquals(await shell.finished(), 7);
  assertEquals(await shell.modes(), modes);
}

/** A command line for a shell. */
export function quoted(argv: string[]): string {
  return argv.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** A test that needs parts which a machine may lack; it says so then, and is ignored. */
export function testWith(
  lacks: string | undefined,
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
  limit = 180_000,
): void {
  if (lacks !== undefined) console.error(`SKIPPED ${name}: ${lacks}`);
  Deno.test({
    name,
    fn,
    ignore: lacks !== undefined,
    timeout: limit,
    sanitizeOps: true,
    sanitizeResources: true,
  });
}
