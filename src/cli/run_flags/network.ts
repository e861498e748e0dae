/**
 * The flags of `run` for networks and ports.
 *
 * @module
 */
import { type CreateFlag, hostList, hostSwitch, put } from "../create/draft.ts";
import {
  parseDnsSearch,
  parseExtraHost,
  parseIp,
  parseLink,
  parseMac,
  parseOwnIp,
} from "../values/address.ts";
import { parseNetwork } from "../values/network.ts";
import { parseExpose, parsePublish } from "../values/port.ts";

/** The flags of `run` for networks and ports. */
export const NETWORK_FLAGS: readonly CreateFlag[] = [
  {
    name: "network",
    otherNames: ["net"],
    kind: "list",
    value: "network",
    help: "Connect a container to a network",
    completes: "network",
    create: ({ networks }, value) => void networks.push(parseNetwork(value)),
  },
  {
    name: "network-alias",
    otherNames: ["net-alias"],
    kind: "list",
    value: "list",
    help: "Add network-scoped alias for the container",
    create: ({ endpoint }, value) => void (endpoint.aliases ??= []).push(value),
  },
  {
    name: "ip",
    kind: "string",
    value: "string",
    help: "IPv4 address (e.g., 172.30.100.104)",
    create: ({ endpoint }, value) => endpoint.ip = parseOwnIp(value),
  },
  {
    name: "ip6",
    kind: "string",
    value: "string",
    help: "IPv6 address (e.g., 2001:db8::33)",
    create: ({ endpoint }, value) => endpoint.ip6 = parseOwnIp(value),
  },
  {
    name: "link-local-ip",
    kind: "list",
    value: "list",
    help: "Container IPv4/IPv6 link-local addresses",
    create: ({ endpoint }, value) => void (endpoint.linkLocalIps ??= []).push(parseOwnIp(value)),
  },
  {
    name: "mac-address",
    kind: "string",
    value: "string",
    help: "Container MAC address (e.g., 92:d0:c6:0a:29:33)",
    create: ({ endpoint }, value) => endpoint.mac = parseMac(value),
  },
  {
    name: "link",
    kind: "list",
    value: "list",
    help: "Add link to another container",
    completes: "container",
    create: (draft, value, local) => {
      hostList("Links", parseLink)(draft, value, local);
      (draft.endpoint.links ??= []).push(value);
    },
  },
  {
    name: "publish",
    short: "p",
    kind: "list",
    value: "list",
    help: "Publish a container's port(s) to the host",
    create: ({ config, host }, value) => {
      for (const { port, binding } of parsePublish(value)) {
        put(config, "ExposedPorts", [port, {}]);
        const bindings = (host.PortBindings as Record<string, unknown[]> | undefined)?.[port] ?? [];
        put(host, "PortBindings", [port, [...bindings, binding]]);
      }
    },
  },
  {
    name: "publish-all",
    short: "P",
    kind: "boolean",
    help: "Publish all exposed ports to random ports",
    create: hostSwitch("PublishAllPorts"),
  },
  {
    name: "expose",
    kind: "list",
    value: "list",
    help: "Expose a port or a range of ports",
    create: ({ config }, value) => {
      for (const port of parseExpose(value)) put(config, "ExposedPorts", [port, {}]);
    },
  },
  {
    name: "add-host",
    kind: "list",
    value: "list",
    help: "Add a custom host-to-IP mapping (host:ip)",
    create: hostList("ExtraHosts", parseExtraHost),
  },
  {
    name: "dns",
    kind: "list",
    value: "list",
    help: "Set custom DNS servers",
    create: hostList("Dns", parseIp),
  },
  {
    name: "dns-option",
    otherNames: ["dns-opt"],
    kind: "list",
    value: "list",
    help: "Set DNS options",
    create: hostList("DnsOptions"),
  },
  {
    name: "dns-search",
    kind: "list",
    value: "list",
    help: "Set custom DNS search domains",
    create: hostList("DnsSearch", parseDnsSearch),
  },
];
