/**
 * The environment and the files of this machine, as far as permissions allow, without a question.
 *
 * @module
 */

/** What finding an engine looks at. */
export interface Surroundings {
  /** Reads an environment variable; undefined where there is none, or it may not be read. */
  env(name: string): string | undefined;
  /** Reads a file; null where there is none, undefined where it may not be looked at. */
  read(path: string): Promise<string | null | undefined>;
  /** Whether a file is there; undefined where it may not be looked at. */
  exists(path: string): Promise<boolean | undefined>;
}

/** Reads an environment variable if that needs no question to the user. */
export function permittedEnv(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** The surroundings of this process. */
export const LOCAL: Surroundings = {
  env: permittedEnv,
  async read(path) {
    if (!await readable(path)) return undefined;
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || isNotDirectory(error)) return null;
      throw error;
    }
  },
  async exists(path) {
    if (!await readable(path)) return undefined;
    try {
      await Deno.stat(path);
      return true;
    } catch {
      return false;
    }
  },
};

/** The names of what is in a folder; none where there is none, or it may not be looked at. */
export async function namesIn(folder: string): Promise<string[]> {
  if (!await readable(folder)) return [];
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

async function readable(path: string): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  return state === "granted";
}

function isNotDirectory(error: unknown): boolean {
  return error instanceof Deno.errors.NotADirectory;
}
