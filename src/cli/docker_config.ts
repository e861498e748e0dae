/**
 * Docker's own configuration, as far as the flags follow it.
 *
 * @module
 */
import { credentialsProblem } from "../engine/docker_credentials.ts";
import { messageOf, PermissionError } from "../errors.ts";
import { configFolder } from "../transport/docker_context.ts";
import { LOCAL, type Surroundings } from "../transport/local_files.ts";
import { jsonFault } from "./create/json_fault.ts";
import { isObject } from "./create/merge.ts";

/** What of docker's `config.json` is looked at. */
export interface DockerConfig {
  /** The keys that leave a session. */
  detachKeys?: string;
  /** The proxies that containers are told, by the engine's address or as `default`. */
  proxies?: Record<string, Record<string, unknown>>;
}

/**
 * Reads `config.json` in `DOCKER_CONFIG`, or in `~/.docker`. Where there is none, or it may not be
 * read, it is empty; one that is malformed is too, with a warning. So is one of credentials that
 * cannot be used.
 */
export async function readDockerConfig(
  warn: (line: string) => void,
  around: Surroundings = LOCAL,
): Promise<DockerConfig> {
  const folder = configFolder(around);
  if (folder === undefined) return {};
  const path = `${folder}/config.json`;
  const refuse = (why: string) => warn(`WARNING: cannot use ${JSON.stringify(path)}: ${why}`);
  let text: string | null | undefined;
  try {
    text = await around.read(path);
    if (!text) return {};
    const config: unknown = JSON.parse(text);
    const problem = credentialsProblem(config);
    if (problem !== undefined) refuse(problem);
    if (!isObject(config)) return {};
    const { detachKeys, proxies } = config;
    return {
      detachKeys: typeof detachKeys === "string" ? detachKeys : undefined,
      proxies: isObject(proxies) ? proxies as DockerConfig["proxies"] : undefined,
    };
  } catch (error) {
    // What JSON.parse says has a piece of the file in it, which may hold credentials.
    refuse(error instanceof SyntaxError ? notJson(text ?? "") : messageOf(error));
    return {};
  }
}

function notJson(text: string): string {
  const { line, column, expected } = jsonFault(text);
  return `it is not JSON: line ${line}, column ${column}: expected ${expected}`;
}

const VARIABLES: Readonly<Record<string, string>> = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  noProxy: "NO_PROXY",
  ftpProxy: "FTP_PROXY",
  allProxy: "ALL_PROXY",
};

/** The variables that tell a container its proxies, in both cases, without those that are set. */
export function proxyVariables(
  { proxies = {} }: DockerConfig,
  engine: string,
  env: readonly string[],
): string[] {
  const settings = proxies[engine] ?? proxies.default ?? {};
  const set = new Set(env.map((entry) => entry.split("=", 1)[0]));
  return Object.entries(VARIABLES).flatMap(([name, variable]) => {
    const value = settings[name];
    if (typeof value !== "string" || value === "") return [];
    return [variable, variable.toLowerCase()]
      .filter((name) => !set.has(name))
      .map((name) => `${name}=${value}`);
  });
}

/** What docker's own flag of this name does: it names the folder in place of the variable. */
export function useConfig(folder: string | undefined): void {
  if (!folder) return;
  const variable = "DOCKER_CONFIG";
  if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") {
    throw new PermissionError("use --config", [`--allow-env=${variable}`]);
  }
  Deno.env.set(variable, folder);
}
