/** The command with no more of Deno's permissions than it asked for itself. */
import { assertEquals } from "@std/assert";
import { runPiped } from "../harness/command.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const config = new URL("../../deno.json", import.meta.url).pathname;

/** What `dockerpty permissions` prints for the engine that `flags` lead to. */
export async function printedGrants(
  flags: string[],
  verb?: string,
  env?: Record<string, string>,
): Promise<string[]> {
  const args = [...flags, "permissions", ...verb === undefined ? [] : [verb]];
  const { code, text, stderr } = await runPiped(args, { env });
  assertEquals(code, 0, stderr);
  return text.trim().split(" ");
}

/** The command line of `deno run` with these grants, which never asks. */
export function granted(grants: string[], args: string[], script = main): string[] {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--config", config];
  return [...deno, ...grants, script, ...args];
}
