/** What the tests of the command on pipes share. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type PipedResult, underTest } from "../harness/command.ts";
import { type Container, container, engineVersion } from "../harness/engine.ts";
import { networkFlags } from "../harness/network.ts";
import { until } from "../harness/until.ts";

/** Flags of every `run` here; where nothing is to be left behind, with `--rm`. */
export const bare = networkFlags;

/** A new container, run to its end and removed. */
export function runRemoved(...args: string[]): string[] {
  return ["run", "--rm", ...bare, ...args];
}

/** A container to run execs in, which does nothing itself. */
export function idle(): Promise<Container> {
  return container({ cmd: ["cat"], openStdin: true });
}

/** Whether the engine is Podman, which does some things its own way. */
export async function isPodman(): Promise<boolean> {
  return (await engineVersion()).podman;
}

/** Checks how a command ended, and everything it wrote. */
export function assertRan(
  { code, text, stderr }: PipedResult,
  expected: { code?: number; stdout?: string; stderr?: string },
): void {
  assertEquals(
    { code, stdout: text, stderr },
    { code: expected.code ?? 0, stdout: expected.stdout ?? "", stderr: expected.stderr ?? "" },
  );
}

/** Checks an error: nothing on stdout, docker's code, and one line on stderr that says all of `says`. */
export function assertFailed(result: PipedResult, code: number, ...says: RegExp[]): void {
  assertEquals({ code: result.code, stdout: result.text }, { code, stdout: "" }, result.stderr);
  if (underTest === "docker") return;
  assertMatch(result.stderr, /^dockerpty[^\n]*\n$/);
  for (const pattern of says) assertMatch(result.stderr, pattern);
}

/**
 * What runs in a container, without processes that have ended and that nobody has waited for: the
 * list shows them in brackets.
 */
export async function alive(box: Container): Promise<string[]> {
  return (await box.processes()).filter((line) => !/^[[{]/.test(line));
}

/** Waits until a path exists in a container. */
export async function untilExists(box: Container, path: string, timeout?: number): Promise<void> {
  const exists = async () => (await box.exec(["test", "-e", path])).code === 0;
  await until(exists, { what: `${path} in ${box.name}`, timeout, interval: 50 });
}

/** A folder on this machine that is removed at the end. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
  // The engine's processes may be others than the one that runs the tests.
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Runs `times` jobs, some of them at the same time. */
export async function several(
  times: number,
  atOnce: number,
  job: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < times; index = next++) await job(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  assert(next >= times);
}
