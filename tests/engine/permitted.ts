/** The command with no more of Deno's permissions than a test grants it. */
import { host } from "../harness/engine_api.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const config = new URL("../../deno.json", import.meta.url).pathname;

/** The path of the engine's socket. */
export const socket: string = host.replace(/^unix:\/\//, "");

/** The three grants that a socket takes. */
export const socketGrants: string[] = [
  `--allow-read=${socket}`,
  `--allow-write=${socket}`,
  `--allow-net=unix:${socket}`,
];

/** The command with `args`, at the tests' engine, with `grants` and never a question. */
export function permitted(grants: string[], args: string[]): string[] {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--config", config];
  return [...deno, ...grants, main, "-H", host, ...args];
}
