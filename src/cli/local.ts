/**
 * What of this machine the flags look at: its environment, its files, the working directory.
 *
 * @module
 */
import { PermissionError } from "../errors.ts";
import { permittedEnv } from "../transport/local_files.ts";
import { quote, ValueError } from "./values/value_error.ts";

/** This machine, as far as a flag's value needs it. */
export interface Local {
  /** Reads an environment variable; undefined where there is none, or it may not be read. */
  env(name: string): string | undefined;
  /** The working directory. */
  cwd(): string;
  /** Reads a file that the command line names. */
  read(path: string): Uint8Array;
}

/** The machine that this process runs on. */
export const LOCAL: Local = {
  env: permittedEnv,
  cwd: () => Deno.cwd(),
  read(path) {
    requireRead(path);
    try {
      return Deno.readFileSync(path);
    } catch (error) {
      throw new ValueError(`cannot read the file ${quote(path)}: ${reason(error)}`);
    }
  },
};

function requireRead(path: string): void {
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") {
    throw new PermissionError(`read ${quote(path)}`, [`--allow-read=${path}`]);
  }
}

/** What the system says of a file that cannot be used, in its own words. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  return error instanceof Error ? error.message : String(error);
}
