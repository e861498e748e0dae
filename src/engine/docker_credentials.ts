/**
 * The credentials that `docker login` has stored: in docker's `config.json`, or with one of the
 * `docker-credential-*` helpers that it names.
 *
 * ```json
 * {
 *   "auths": { "registry.example": { "auth": "base64 of user:password" } },
 *   "credHelpers": { "other.example": "name of a helper" },
 *   "credsStore": "name of the helper for all other registries"
 * }
 * ```
 *
 * Nothing is asked, and nothing is told: where there are no credentials, or they may not be looked
 * at, the registry is asked without, and answers what it thinks of that. Why there were none is told
 * then, by {@linkcode findCredentialsProblem}.
 *
 * @module
 */
import { configFolder } from "../transport/docker_context.ts";
import { LOCAL, type Surroundings } from "../transport/local_files.ts";
import type { RegistryAuth } from "./registry_auth.ts";

/** Where {@linkcode findRegistryAuth} looks. */
export interface CredentialSource extends Pick<Surroundings, "env" | "read"> {
  /**
   * Runs a program with an argument and an input; resolves to its output, or undefined if it failed
   * or may not be run.
   */
  run(
    program: string,
    argument: string,
    input: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
}

/** The files and the programs of this machine. */
export const LOCAL_CREDENTIALS: CredentialSource = { env: LOCAL.env, read: LOCAL.read, run };

/** The user name by which a helper says that the secret is a token. */
const TOKEN_USER = "<token>";

/** The stored credentials for a registry; undefined where there are none. */
export async function findRegistryAuth(
  registry: string,
  source: CredentialSource = LOCAL_CREDENTIALS,
  signal?: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const folder = configFolder(source);
  const text = folder && await source.read(`${folder}/config.json`).catch(() => undefined);
  if (!text) return undefined;
  const { auths, credHelpers, credsStore } = object(parse(text));
  const helpers = object(credHelpers);
  const helper = Object.hasOwn(helpers, registry) ? helpers[registry] : credsStore;
  // A name, and no path: it says what to run.
  if (typeof helper === "string" && /^[\w.-]+$/.test(helper)) {
    const answer = await source.run(`docker-credential-${helper}`, "get", registry, signal);
    return answer === undefined ? undefined : authOfHelper(object(parse(answer)));
  }
  const stored = object(auths);
  const key = Object.hasOwn(stored, registry)
    ? registry
    : Object.keys(stored).find((key) => hostOf(key) === registry);
  return key === undefined ? undefined : authOfFile(object(stored[key]));
}

/**
 * What is wrong with docker's `config.json`, so that its credentials are not, or not all, of use;
 * undefined if nothing is. None of its values is in that.
 */
export async function findCredentialsProblem(
  source: Pick<CredentialSource, "env" | "read"> = LOCAL_CREDENTIALS,
): Promise<string | undefined> {
  const folder = configFolder(source);
  if (folder === undefined) return undefined;
  const path = `${folder}/config.json`;
  const text = await source.read(path).catch(() => null);
  const problem = text ? credentialsProblem(parse(text)) : undefined;
  return problem && `${JSON.stringify(path)} cannot be used: ${problem}`;
}

/** The same of what `config.json` holds; undefined is what is not JSON. */
export function credentialsProblem(config: unknown): string | undefined {
  if (config === undefined) return "it is not JSON";
  if (!isObject(config)) return "it is not an object";
  const { auths = {} } = config;
  if (auths === null) return undefined;
  if (!isObject(auths)) return "its auths are not an object";
  const malformed = Object.entries(auths).filter(([, entry]) => {
    const { auth = "" } = object(entry);
    return auth !== "" && (typeof auth !== "string" || (decode(auth)?.indexOf(":") ?? -1) < 1);
  });
  if (malformed.length === 0) return undefined;
  const registries = malformed.map(([registry]) => JSON.stringify(registry)).join(", ");
  return `what it has for ${registries} is not the base64 of user:password`;
}

function authOfHelper(
  { Username: username, Secret: secret }: Record<string, unknown>,
): RegistryAuth | undefined {
  if (typeof username !== "string" || typeof secret !== "string") return undefined;
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
}

function authOfFile(entry: Record<string, unknown>): RegistryAuth | undefined {
  const { auth, identitytoken: identityToken, registrytoken: registryToken } = entry;
  if (typeof registryToken === "string" && registryToken) return { registryToken };
  if (typeof identityToken === "string" && identityToken) return { identityToken };
  const decoded = typeof auth === "string" ? decode(auth) : undefined;
  const colon = decoded?.indexOf(":") ?? -1;
  if (decoded === undefined || colon < 1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Older versions of docker kept credentials under an URL. */
function hostOf(key: string): string {
  return key.replace(/^\w+:\/\//, "").replace(/\/.*$/s, "");
}

function decode(base64: string): string | undefined {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(base64));
    return text.replace(/\0+$/, "");
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function object(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function run(
  program: string,
  argument: string,
  input: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "run", command: program });
  if (state !== "granted") return undefined;
  try {
    const child = new Deno.Command(program, {
      args: [argument],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      signal,
    }).spawn();
    // One that ends without reading has its answer all the same.
    const fed = ReadableStream.from([new TextEncoder().encode(input)])
      .pipeTo(child.stdin).catch(() => {});
    const [{ success, stdout }] = await Promise.all([child.output(), fed]);
    if (success) return new TextDecoder().decode(stdout);
  } catch {
    // It is not there, or cannot be run.
  }
  signal?.throwIfAborted();
  return undefined;
}
