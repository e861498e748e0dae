/**
 * Docker's contexts: named endpoints, as `docker context create` stores them.
 *
 * A context's description is in `contexts/meta/ID/meta.json` of docker's configuration folder, and
 * its TLS files in `contexts/tls/ID/docker/`, where ID is the SHA-256 of its name in hexadecimal.
 *
 * @module
 */
import { EndpointError } from "../errors.ts";
import { type Endpoint, parseEndpoint, type TlsFiles } from "./endpoint.ts";
import type { Surroundings } from "./local_files.ts";

/** The context that means: no context. */
export const DEFAULT_CONTEXT = "default";

/** Docker's configuration folder; undefined where the environment does not tell. */
export function configFolder({ env }: Pick<Surroundings, "env">): string | undefined {
  const home = env("HOME") || env("USERPROFILE");
  return env("DOCKER_CONFIG") || (home ? `${home}/.docker` : undefined);
}

/** The name of the context that docker's configuration has chosen; undefined where it has none. */
export async function currentContext(around: Surroundings): Promise<string | undefined> {
  const folder = configFolder(around);
  if (folder === undefined) return undefined;
  const path = `${folder}/config.json`;
  const text = await around.read(path);
  if (!text) return undefined;
  const { currentContext } = parseJson(text, path) as { currentContext?: unknown };
  return typeof currentContext === "string" && currentContext !== "" ? currentContext : undefined;
}

/**
 * Reads a context.
 *
 * @throws {EndpointError} if there is none of that name, or it may not be read
 */
export async function readContext(name: string, around: Surroundings): Promise<Endpoint> {
  const folder = configFolder(around);
  const hash = await sha256(name);
  const path = `${folder}/contexts/meta/${hash}/meta.json`;
  const text = folder === undefined ? undefined : await around.read(path);
  if (typeof text !== "string") {
    const why = folder === undefined
      ? "docker's configuration folder is not known; grant --allow-env=HOME,DOCKER_CONFIG"
      : text === undefined
      ? `its description may not be read; grant --allow-read=${folder}`
      : `there is no ${path}; docker context ls shows the contexts there are`;
    throw new EndpointError(`cannot use the context ${JSON.stringify(name)}: ${why}`);
  }
  const meta = parseJson(text, path) as {
    Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
  };
  const { Host: host, SkipTLSVerify: skipVerify } = meta.Endpoints?.docker ?? {};
  if (!host) {
    throw new EndpointError(`cannot use the context ${JSON.stringify(name)}: it has no engine`);
  }
  const tls = await tlsFiles(`${folder}/contexts/tls/${hash}/docker`, around);
  if (tls === undefined && !skipVerify) return parseEndpoint(host);
  return parseEndpoint(host, { ...tls, ...skipVerify && { skipVerify } });
}

/** The names of the contexts there are, as far as they can be read. */
export async function contextNames(
  around: Pick<Surroundings, "env" | "read">,
  list: (folder: string) => Promise<string[]>,
): Promise<string[]> {
  const folder = `${configFolder(around)}/contexts/meta`;
  const names = [];
  for (const id of await list(folder)) {
    const path = `${folder}/${id}/meta.json`;
    try {
      const { Name } = parseJson(await around.read(path) ?? "", path);
      // As docker lets them be named.
      if (typeof Name === "string" && /^[\w.+-]+$/.test(Name)) names.push(Name);
    } catch {
      // A folder that is no context's.
    }
  }
  return [DEFAULT_CONTEXT, ...names.sort()];
}

/** Those of `ca.pem`, `cert.pem` and `key.pem` that a folder has; undefined where it has none. */
export async function tlsFiles(
  folder: string,
  around: Surroundings,
): Promise<TlsFiles | undefined> {
  const files: TlsFiles = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const path = `${folder}/${name}.pem`;
    if (await around.exists(path)) files[name] = path;
  }
  return Object.keys(files).length === 0 ? undefined : files;
}

function parseJson(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: whatever it is, it is not what docker writes.
  }
  throw new EndpointError(`cannot read ${path}: it is not a JSON object`);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
