/**
 * The environment that the flags of `exec` give a process.
 *
 * @module
 */
import { permittedEnv } from "../../transport/local_files.ts";
import { type Arguments, invalidValue, UsageError } from "../args.ts";
import { ENV, ENV_FILE } from "../shared_flags.ts";
import { parseEnv } from "../values/key_value.ts";
import { ValueError } from "../values/value_error.ts";

/** The variables of `--env-file`, and behind them those of `--env`. */
export async function environment(args: Arguments): Promise<string[]> {
  const files = args.list("env-file");
  const ofFiles = files.length > 0 ? await readFiles(files) : [];
  return [...ofFiles, ...args.list("env").map(own)];
}

/** A bare name takes this process's value; where there is none, it takes the container's away. */
function own(entry: string): string {
  try {
    parseEnv(entry);
  } catch (error) {
    if (error instanceof ValueError) throw invalidValue(ENV, entry, error.message);
    throw error;
  }
  const value = entry.includes("=") ? undefined : permittedEnv(entry);
  return value === undefined ? entry : `${entry}=${value}`;
}

async function readFiles(paths: readonly string[]): Promise<string[]> {
  const { LOCAL } = await import("../local.ts");
  const { parseKeyValueFile } = await import("../values/key_value_file.ts");
  return paths.flatMap((path) => {
    try {
      return parseKeyValueFile(LOCAL.read(path), permittedEnv);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      // Docker reads the files behind the flags: this is no FlagError, whose code is another.
      throw new UsageError(invalidValue(ENV_FILE, path, error.message).message);
    }
  });
}
