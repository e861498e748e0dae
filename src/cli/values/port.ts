/**
 * Ports: `-p 127.0.0.1:8080-8090:80-90/udp`, `--expose 80`.
 *
 * @module
 */
import { isIpAddress } from "./address.ts";
import { cut, ValueError } from "./value_error.ts";

/** A port of a container, and where it is published on the host. */
export interface Publication {
  /** The port as the engine names it: `80/tcp`. */
  port: string;
  /** Where it is published; an empty port is the engine's choice. */
  binding: { HostIp: string; HostPort: string };
}

const EXPECTED = "expected [[address:]host port:]container port[/tcp|udp|sctp], as in 8080:80 or " +
  "127.0.0.1:8000-8009:80-89/udp";

/** Reads what `--publish` takes: one publication for each port of a range. */
export function parsePublish(text: string): Publication[] {
  const [ports, protocol = "tcp"] = cut(inShort(text), "/");
  const parts = ports.split(":");
  const inside = parseRange(parts.pop()!);
  const outside = parts.length === 0 ? "" : parts.pop()!;
  const address = parts.join(":").replace(/^\[(.*)\]$/, "$1");
  const host = outside === "" ? undefined : parseRange(outside);
  if (
    inside === undefined || (outside !== "" && host === undefined) ||
    !isProtocol(protocol.toLowerCase()) || (address !== "" && !isIpAddress(address))
  ) throw new ValueError(EXPECTED);
  const count = inside[1] - inside[0] + 1;
  if (host !== undefined && count > 1 && host[1] - host[0] + 1 !== count) {
    throw new ValueError("expected as many ports of the host as of the container");
  }
  return Array.from({ length: count }, (_, at) => ({
    port: `${inside[0] + at}/${protocol.toLowerCase()}`,
    binding: { HostIp: address, HostPort: hostPort(host, at, count) },
  }));
}

/** The long form, `published=80,target=80,protocol=tcp`, in the short one. */
function inShort(text: string): string {
  if (!text.includes("=")) return text;
  const fields = new Map(
    text.split(",").map((field) => {
      const [name, value] = cut(field, "=");
      if (name === "" || value === undefined) {
        throw new ValueError("expected published=PORT,target=PORT[,protocol=tcp]");
      }
      return [name, value];
    }),
  );
  const get = (name: string, byDefault = "") => fields.get(name) ?? byDefault;
  return `${get("published")}:${get("target")}/${get("protocol", "tcp")}`;
}

function hostPort(
  host: readonly [number, number] | undefined,
  at: number,
  count: number,
): string {
  if (host === undefined) return "";
  // One port of the container and several of the host: the engine takes one that is free.
  return count === 1 && host[0] !== host[1] ? `${host[0]}-${host[1]}` : `${host[0] + at}`;
}

/** Reads what `--expose` takes: each port of a range, as the engine names it. */
export function parseExpose(text: string): string[] {
  const [ports, protocol = "tcp"] = cut(text, "/");
  const range = parseRange(ports);
  if (range === undefined || !isProtocol(protocol)) {
    throw new ValueError("expected port[-port][/tcp|udp|sctp], as in 80 or 8000-8009/udp");
  }
  return Array.from(
    { length: range[1] - range[0] + 1 },
    (_, at) => `${range[0] + at}/${protocol}`,
  );
}

function isProtocol(text: string): boolean {
  return text === "tcp" || text === "udp" || text === "sctp";
}

function parseRange(text: string): readonly [start: number, end: number] | undefined {
  const [, start, end = start] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (start === undefined || Number(start) > Number(end) || Number(end) > 65535) return undefined;
  return [Number(start), Number(end)];
}
