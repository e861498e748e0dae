/**
 * Which engine is meant: flags, environment, docker's contexts, or the usual sockets.
 *
 * @module
 */
import { ConnectionError, DockerptyError, EndpointError, PermissionError } from "../errors.ts";
import {
  configFolder,
  currentContext,
  DEFAULT_CONTEXT,
  readContext,
  tlsFiles,
} from "./docker_context.ts";
import { DEFAULT_SOCKET, type Endpoint, parseEndpoint, type TlsFiles } from "./endpoint.ts";
import { LOCAL, type Surroundings } from "./local_files.ts";

/** Where {@linkcode resolveEndpoint} looks. */
export interface EndpointSource {
  /** The name of a docker context, as with `--context`. */
  context?: string;
  /** The address that was given by hand, as with `--host`. */
  host?: string;
  /**
   * Whether a TCP connection uses TLS, as with `--tls`: without a look at the engine's certificate.
   *
   * @default {false}
   */
  tls?: boolean;
  /**
   * Whether a TCP connection uses TLS and the engine's certificate must be right, as with
   * `--tlsverify`.
   *
   * @default {whether `DOCKER_TLS_VERIFY` is set}
   */
  tlsVerify?: boolean;
  /**
   * The paths of the files for TLS, as with `--tlscacert`, `--tlscert` and `--tlskey`.
   *
   * @default {`ca.pem`, `cert.pem` and `key.pem` in `DOCKER_CERT_PATH`}
   */
  tlsFiles?: Omit<TlsFiles, "skipVerify">;
  /**
   * Reads an environment variable.
   *
   * @default {reads the process's environment where that is permitted, and asks for no permission}
   */
  env?: (name: string) => string | undefined;
  /**
   * Reads a text file: null where there is none, undefined where it may not be read.
   *
   * @default {reads files where that is permitted, and asks for no permission}
   */
  readFile?: (path: string) => Promise<string | null | undefined>;
  /**
   * Tells whether a file is there: undefined where it may not be looked at.
   *
   * @default {looks where that is permitted, and asks for no permission}
   */
  exists?: (path: string) => Promise<boolean | undefined>;
}

/**
 * Tells which engine is meant, as docker's command line does: `context`, else `host`, else
 * `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the context that docker's configuration has chosen,
 * else the first that is there of `/var/run/docker.sock` and the usual sockets of rootless Docker,
 * Podman, Docker Desktop, Colima and OrbStack.
 *
 * Needs no permission for what is given. To look further it uses `--allow-env` and `--allow-read`
 * where they are granted, and passes over what they do not reach.
 *
 * @example
 * ```ts
 * import { resolveEndpoint } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const endpoint = await resolveEndpoint({ host: "tcp://127.0.0.1:2375" });
 * assertEquals(endpoint, { transport: "tcp", hostname: "127.0.0.1", port: 2375 });
 * ```
 *
 * @param source where to look
 * @returns the endpoint
 * @throws {EndpointError} if an address is malformed, a context is not there, or no engine's socket
 * is found; the message lists what was looked at
 */
export async function resolveEndpoint(source: EndpointSource = {}): Promise<Endpoint> {
  const around: Surroundings = {
    env: source.env ?? LOCAL.env,
    read: source.readFile ?? LOCAL.read,
    exists: source.exists ?? LOCAL.exists,
  };
  if (source.context && source.host) {
    throw new EndpointError("cannot use both a host and a context: leave one of them out");
  }
  // The default context is what there is without one.
  const named = source.context && source.context !== DEFAULT_CONTEXT;
  const host = source.host || (named ? undefined : around.env("DOCKER_HOST"));
  if (host) return parseEndpoint(host, await chosenTls(host, source, around));
  const context = source.context || around.env("DOCKER_CONTEXT") || await currentContext(around);
  if (context && context !== DEFAULT_CONTEXT) return await readContext(context, around);
  return await findSocket(around);
}

/**
 * Says of an engine that was looked for, and could not be found or reached, that another one may
 * have been meant: the error's message tells so where `DOCKER_HOST` could not be read.
 */
export function tellUnreadHost(error: unknown): void {
  if (!(error instanceof DockerptyError)) return;
  const ofEngine = error instanceof PermissionError
    ? error.message.startsWith("no permission to connect ")
    : error instanceof EndpointError || error.constructor === ConnectionError;
  if (!ofEngine) return;
  const { state } = Deno.permissions.querySync({ name: "env", variable: "DOCKER_HOST" });
  if (state === "granted") return;
  error.message +=
    "; DOCKER_HOST could not be read: if it names the engine, add --allow-env=DOCKER_HOST";
}

/** How a TCP connection is encrypted, from flags and environment. */
async function chosenTls(
  host: string,
  source: EndpointSource,
  around: Surroundings,
): Promise<TlsFiles | undefined> {
  if (/^(unix|ssh):/i.test(host)) return undefined;
  const verify = source.tlsVerify ?? Boolean(around.env("DOCKER_TLS_VERIFY"));
  if (!verify && !source.tls && source.tlsFiles === undefined) return undefined;
  const folder = around.env("DOCKER_CERT_PATH") || configFolder(around);
  const usual = folder === undefined ? undefined : await tlsFiles(folder, around);
  const files = { ...usual, ...source.tlsFiles };
  return verify ? files : { ...files, skipVerify: true };
}

/** The first of the usual sockets that is there. */
async function findSocket(around: Surroundings): Promise<Endpoint> {
  const looked = [];
  for (const path of usualSockets(around)) {
    const there = await around.exists(path);
    // Docker's own is tried also where it may not be looked at: connecting tells what is missing.
    if (there || there === undefined && path === DEFAULT_SOCKET) return { transport: "unix", path };
    if (there === false) looked.push(path);
  }
  throw new EndpointError(
    `found no engine: there is no socket at ${looked.join(", ")}; start the engine, or set ` +
      `DOCKER_HOST or --host to where it is`,
  );
}

function usualSockets({ env }: Pick<Surroundings, "env">): string[] {
  const sockets = [DEFAULT_SOCKET];
  const runtime = env("XDG_RUNTIME_DIR");
  if (runtime) sockets.push(`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`);
  const home = env("HOME");
  if (home) {
    sockets.push(
      `${home}/.docker/run/docker.sock`,
      `${home}/.docker/desktop/docker.sock`,
      `${home}/.colima/default/docker.sock`,
      `${home}/.orbstack/run/docker.sock`,
    );
  }
  return [...sockets, "/run/podman/podman.sock"];
}
