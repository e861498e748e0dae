/**
 * The flags that say which engine is meant.
 *
 * @module
 */
import type { EndpointSource } from "../transport/context.ts";
import type { Arguments } from "./args.ts";
import type { Flag } from "./flags.ts";

/** The flags that say which engine is meant, as docker's. */
export const ENDPOINT_FLAGS: readonly Flag[] = [
  {
    name: "host",
    short: "H",
    kind: "string",
    value: "address",
    help:
      "The engine to connect to, as unix:///path, tcp://host:port or ssh://user@host (overrides " +
      "DOCKER_HOST)",
  },
  {
    name: "context",
    short: "c",
    kind: "string",
    value: "name",
    help: "The docker context to use (overrides DOCKER_HOST and DOCKER_CONTEXT)",
    completes: "context",
  },
  { name: "tls", kind: "boolean", help: "Use TLS; implied by --tlsverify" },
  { name: "tlsverify", kind: "boolean", help: "Use TLS and verify the engine's certificate" },
  {
    name: "tlscacert",
    kind: "string",
    value: "file",
    help: "Trust certificates signed by this CA",
  },
  { name: "tlscert", kind: "string", value: "file", help: "The client's TLS certificate" },
  { name: "tlskey", kind: "string", value: "file", help: "The client's TLS key" },
];

/** What the flags before and behind the verb say of the engine; the ones behind go first. */
export function endpointSource(before: Arguments, behind: Arguments): EndpointSource {
  const text = (name: string) => behind.string(name) ?? before.string(name);
  const on = (name: string) => behind.given(name) ?? before.given(name);
  const files = { ca: text("tlscacert"), cert: text("tlscert"), key: text("tlskey") };
  const given = Object.entries(files).filter(([, path]) => path !== undefined);
  return {
    host: text("host"),
    context: text("context"),
    tls: on("tls"),
    tlsVerify: on("tlsverify"),
    tlsFiles: given.length > 0 ? Object.fromEntries(given) : undefined,
  };
}
