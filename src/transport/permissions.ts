/**
 * The permissions of Deno's that an endpoint takes.
 *
 * @module
 */
import type { Endpoint } from "./endpoint.ts";

/**
 * The least permissions that sessions with the engine at an endpoint take, whatever the verb.
 *
 * @example
 * ```ts
 * import { requiredPermissions } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(requiredPermissions({ transport: "unix", path: "/run/docker.sock" }), [
 *   "--allow-read=/run/docker.sock",
 *   "--allow-write=/run/docker.sock",
 *   "--allow-net=unix:/run/docker.sock",
 * ]);
 * ```
 *
 * @param endpoint where the engine is
 * @returns the flags of `deno run` that grant them
 */
export function requiredPermissions(endpoint: Endpoint): string[] {
  return grants(endpoint).map(({ flag }) => flag);
}

/** Those of {@linkcode requiredPermissions} that are not granted now. */
export async function missingPermissions(endpoint: Endpoint): Promise<string[]> {
  const missing = [];
  for (const { flag, descriptor } of grants(endpoint)) {
    const { state } = await Deno.permissions.query(descriptor);
    if (state !== "granted") missing.push(flag);
  }
  return missing;
}

interface Grant {
  flag: string;
  descriptor: Deno.PermissionDescriptor;
}

function grants(endpoint: Endpoint): Grant[] {
  switch (endpoint.transport) {
    case "unix": {
      const { path } = endpoint;
      return [
        read(path),
        { flag: `--allow-write=${path}`, descriptor: { name: "write", path } },
        net(`unix:${path}`),
      ];
    }
    case "tcp": {
      const { hostname, port, tls = {} } = endpoint;
      const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
      const files = [tls.skipVerify ? undefined : tls.ca, tls.cert, tls.key];
      return [net(host), ...files.filter((path) => path !== undefined).map(read)];
    }
    case "ssh":
      return [{ flag: "--allow-run=ssh", descriptor: { name: "run", command: "ssh" } }];
  }
}

function read(path: string): Grant {
  return { flag: `--allow-read=${path}`, descriptor: { name: "read", path } };
}

function net(host: string): Grant {
  return { flag: `--allow-net=${host}`, descriptor: { name: "net", host } };
}
