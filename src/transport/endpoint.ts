/**
 * Where an engine listens, as written in `DOCKER_HOST` and `--host`.
 *
 * @module
 */
import { EndpointError } from "../errors.ts";

/** A unix socket on this machine. */
export interface UnixEndpoint {
  /** The kind of endpoint. */
  transport: "unix";
  /** The socket's absolute path. */
  path: string;
}

/** A TCP port, in the clear or with TLS. */
export interface TcpEndpoint {
  /** The kind of endpoint. */
  transport: "tcp";
  /** The host's name or address, without brackets. */
  hostname: string;
  /** The port, 1 to 65535. */
  port: number;
  /** How the connection is encrypted; undefined means that it is not. */
  tls?: TlsFiles;
}

/** The files of a TLS connection, all in PEM format, and what is asked of the other side. */
export interface TlsFiles {
  /** The path of the certificate that the engine's must be signed by. */
  ca?: string;
  /** The path of the client's certificate. */
  cert?: string;
  /** The path of the client's key, which must not be encrypted. */
  key?: string;
  /**
   * Whether any certificate of the engine's is taken, as docker's `--tls` without `--tlsverify`
   * does. Whoever is between here and the engine can then read and change everything.
   *
   * @default {false}
   */
  skipVerify?: boolean;
}

/** An engine on another machine, reached by the user's own `ssh` command. */
export interface SshEndpoint {
  /** The kind of endpoint. */
  transport: "ssh";
  /** The host's name, as `ssh` takes it: it may be one of its configuration. */
  hostname: string;
  /** The user's name there. */
  user?: string;
  /** The port, 1 to 65535. */
  port?: number;
  /** The engine's socket there; undefined leaves it to the `docker` command on that machine. */
  path?: string;
}

/** Where an engine listens. */
export type Endpoint = UnixEndpoint | TcpEndpoint | SshEndpoint;

/** Where Docker listens when nothing says otherwise. */
export const DEFAULT_SOCKET = "/var/run/docker.sock";

/** The ports of a `tcp://` address that names none: in the clear, and with TLS. */
const TCP_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Reads the address of an engine.
 *
 * `unix:///path` is a unix socket, `tcp://host[:port]` a TCP port, and
 * `ssh://[user@]host[:port][/path]` an engine behind `ssh`. A bare `host:port` means TCP, as docker's
 * command line reads it.
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseEndpoint("unix:///run/docker.sock"), {
 *   transport: "unix",
 *   path: "/run/docker.sock",
 * });
 * assertEquals(parseEndpoint("tcp://[::1]"), { transport: "tcp", hostname: "::1", port: 2375 });
 * ```
 *
 * @param address the address, such as `unix:///var/run/docker.sock`
 * @param tls how a TCP connection is encrypted; undefined means that it is not
 * @returns the endpoint that it names
 * @throws {EndpointError} if the address is malformed or its scheme is not supported
 */
export function parseEndpoint(address: string, tls?: TlsFiles): Endpoint {
  const [, scheme = "tcp", rest = ""] = /^(?:([a-z0-9+.-]+):\/\/)?(.*)$/is.exec(address) ?? [];
  switch (scheme.toLowerCase()) {
    case "unix":
      return { transport: "unix", path: parsePath(address, rest) };
    case "tcp":
    case "http":
      return parseTcp(address, rest, tls);
    case "https":
      return parseTcp(address, rest, tls ?? {});
    case "ssh":
      return parseSsh(address, rest);
    default:
      throw new EndpointError(
        `cannot use the engine's address ${quote(address)}: the scheme ${quote(scheme)} is not ` +
          `supported; use unix:///path, tcp://host:port or ssh://user@host`,
      );
  }
}

/**
 * Checks an endpoint: programs may be written without types.
 *
 * @throws {EndpointError} if it is none
 */
export function checkEndpoint(endpoint: Endpoint): Endpoint {
  const { transport, path, hostname } = Object(endpoint) as Record<string, unknown>;
  const named = typeof hostname === "string" && hostname !== "";
  const usable = transport === "unix"
    ? typeof path === "string" && path.startsWith("/")
    : transport === "tcp"
    ? named && Number.isInteger((endpoint as TcpEndpoint).port)
    : transport === "ssh" && named;
  if (usable) return endpoint;
  throw new EndpointError(
    "cannot use the engine's endpoint: expected an address such as unix:///path, or an object with " +
      'the transport "unix" and an absolute path, "tcp" with a hostname and a port, or "ssh" with a ' +
      "hostname",
  );
}

function parsePath(address: string, path: string): string {
  // deno-lint-ignore no-control-regex
  if (path.startsWith("/") && !/[\0-\x1f\x7f]/.test(path)) return path;
  throw new EndpointError(
    `cannot use the engine's address ${quote(address)}: a socket's path must be absolute, as in ` +
      `unix://${DEFAULT_SOCKET}`,
  );
}

function parseTcp(address: string, authority: string, tls: TlsFiles | undefined): TcpEndpoint {
  const match = /^(?:\[([0-9a-f:.]+(?:%[a-z0-9._~-]+)?)\]|([a-z0-9._-]+))(?::(\d{1,5}))?\/?$/i.exec(
    authority,
  );
  const port = parsePort(match?.[3]) ?? (tls ? TLS_PORT : TCP_PORT);
  if (match === null || port === 0) {
    throw new EndpointError(
      `cannot use the engine's address ${quote(address)}: expected tcp://host:port, or ` +
        "unix:///path for a socket",
    );
  }
  const endpoint: TcpEndpoint = { transport: "tcp", hostname: match[1] ?? match[2], port };
  return tls ? { ...endpoint, tls } : endpoint;
}

function parseSsh(address: string, rest: string): SshEndpoint {
  // Nothing may begin with a dash, which ssh would take for an option.
  const match =
    /^(?:([a-z0-9_][a-z0-9._-]*)@)?(?:\[([0-9a-f:.]+(?:%[a-z0-9._~-]+)?)\]|([a-z0-9_][a-z0-9._-]*))(?::(\d{1,5}))?(\/.*)?$/is
      .exec(rest);
  const port = parsePort(match?.[4]);
  if (match === null || port === 0) {
    throw new EndpointError(
      `cannot use the engine's address ${quote(address)}: expected ssh://[user@]host[:port][/path]`,
    );
  }
  const path = match[5] === undefined || match[5] === "/"
    ? undefined
    : parsePath(address, match[5]);
  const endpoint: SshEndpoint = { transport: "ssh", hostname: match[2] ?? match[3] };
  if (match[1] !== undefined) endpoint.user = match[1];
  if (port !== undefined) endpoint.port = port;
  if (path !== undefined) endpoint.path = path;
  return endpoint;
}

/** A port; undefined where there is none, 0 where it cannot be one. */
function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : 0;
}

/**
 * The address of an endpoint, as {@linkcode parseEndpoint} reads it.
 *
 * @example
 * ```ts
 * import { formatEndpoint } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatEndpoint({ transport: "tcp", hostname: "::1", port: 2375 }),
 *   "tcp://[::1]:2375",
 * );
 * ```
 */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.transport === "unix") return `unix://${endpoint.path}`;
  const { transport, hostname, port } = endpoint;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const authority = port === undefined ? host : `${host}:${port}`;
  if (transport === "tcp") return `tcp://${authority}`;
  return `ssh://${endpoint.user ? `${endpoint.user}@` : ""}${authority}${endpoint.path ?? ""}`;
}

/** Quotes what came from outside, with its control characters escaped, and without a password. */
function quote(text: string): string {
  return JSON.stringify(text.replace(/(^|\/)([^:/@]*):[^/@]*@/, "$1$2:…@"));
}
