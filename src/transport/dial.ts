/**
 * Opens connections: only here, and in the files that it imports, is the network touched.
 *
 * @module
 */
import { ConnectionError, DockerptyError, messageOf, PermissionError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { keepAlive } from "./keep_alive.ts";
import { missingPermissions } from "./permissions.ts";

/**
 * Connects to an engine. Permissions are looked at first, so that Deno never asks a question in the
 * middle of a session.
 *
 * @throws {PermissionError} if a permission is missing; it names the flags
 * @throws {EndpointError} if a TLS file cannot be used
 * @throws {ConnectionError} if nothing answers at the endpoint, or either side does not trust the
 * other
 */
export async function dial(endpoint: Endpoint): Promise<Connection> {
  const missing = await missingPermissions(endpoint);
  if (missing.length > 0) {
    throw new PermissionError(`connect to ${formatEndpoint(endpoint)}`, missing);
  }
  try {
    if (endpoint.transport === "unix") {
      return withoutResets(await Deno.connect({ transport: "unix", path: endpoint.path }));
    }
    if (endpoint.transport === "ssh") return await (await import("./ssh.ts")).dialSsh(endpoint);
    if (endpoint.tls) return await (await import("./tls.ts")).dialTls(endpoint, endpoint.tls);
    const connection = await Deno.connect({ hostname: endpoint.hostname, port: endpoint.port });
    // A key's echo must not wait for a second key.
    connection.setNoDelay(true);
    keepAlive(connection);
    return connection;
  } catch (error) {
    if (error instanceof DockerptyError) throw error;
    throw new ConnectionError(
      `cannot connect to the engine at ${formatEndpoint(endpoint)}: ${advice(error)}`,
      { cause: error },
    );
  }
}

/**
 * A unix socket whose other side closes it before it has read everything fails with a reset, after
 * all that was sent has been read: to a reader that is an end like any other.
 */
function withoutResets(connection: Deno.UnixConn): Connection {
  return {
    async read(buffer) {
      try {
        return await connection.read(buffer);
      } catch (error) {
        if (error instanceof Deno.errors.ConnectionReset) return null;
        throw error;
      }
    },
    write: (bytes) => connection.write(bytes),
    closeWrite: () => connection.closeWrite(),
    close: () => connection.close(),
  };
}

function advice(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such socket; start the engine, or set DOCKER_HOST or --host to where it is";
  }
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "nothing listens there; start the engine, or set DOCKER_HOST or --host to where it is";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system denies access; join the socket's group, or run as its owner";
  }
  return messageOf(error);
}
