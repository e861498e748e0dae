/**
 * The process's own stdout and stderr, for sessions that inherit them.
 *
 * @module
 */
import { writeAll } from "../transport/connection.ts";
import type { Targets } from "./output_streams.ts";

/** Where a stream of a session goes. */
export type OutputOption = "piped" | "null" | "inherit";

/** The targets that options ask for. */
export function targetsFrom(
  { stdout = "piped", stderr = "piped" }: { stdout?: OutputOption; stderr?: OutputOption },
): Targets {
  return { stdout: targetOf("stdout", stdout), stderr: targetOf("stderr", stderr) };
}

function targetOf(stream: "stdout" | "stderr", option: OutputOption): Targets["stdout"] {
  if (option !== "inherit") return option;
  return { write: (bytes) => writeAll(Deno[stream], bytes) };
}
