/**
 * Networks: a name, or `name=NETWORK,alias=…,ip=…`.
 *
 * @module
 */
import { parseMac, parseOwnIp } from "./address.ts";
import { parseFields } from "./csv.ts";
import { integer } from "./number.ts";
import { cut, quote, ValueError } from "./value_error.ts";

/** How a container joins a network. */
export interface NetworkAttachment {
  target: string;
  aliases: string[];
  links: string[];
  linkLocalIps: string[];
  driverOptions: Record<string, string>;
  ip?: string;
  ip6?: string;
  mac?: string;
  priority?: number;
}

/** A network that is joined without anything more. */
export function plainAttachment(target: string): NetworkAttachment {
  return { target, aliases: [], links: [], linkLocalIps: [], driverOptions: {} };
}

const FIELDS: Readonly<Record<string, (network: NetworkAttachment, value: string) => void>> = {
  name: (network, value) => network.target = value,
  alias: (network, value) => network.aliases.push(value),
  ip: (network, value) => network.ip = parseOwnIp(value),
  ip6: (network, value) => network.ip6 = parseOwnIp(value),
  "mac-address": (network, value) => network.mac = parseMac(value),
  "link-local-ip": (network, value) => network.linkLocalIps.push(parseOwnIp(value)),
  "gw-priority": (network, value) => network.priority = integer()(value),
  "driver-opt": (network, value) => {
    const [name, option] = cut(value, "=");
    if (name === "" || option === undefined) throw new ValueError("expected driver-opt=name=value");
    network.driverOptions[name.trim()] = option.trim();
  },
};

/** Reads what `--network` takes. */
export function parseNetwork(text: string): NetworkAttachment {
  const network = plainAttachment("");
  if (/\w+=\w+/.test(text)) {
    for (const field of parseFields(text)) {
      const [key, value] = cut(field, "=");
      const known = Object.hasOwn(FIELDS, key.trim());
      if (!known || value === undefined) {
        throw new ValueError(
          `unknown field ${quote(field)}: expected name, alias, ip, ip6, mac-address, ` +
            "link-local-ip, driver-opt or gw-priority, each with a value",
        );
      }
      FIELDS[key.trim()](network, value.trim());
    }
  } else {
    network.target = text;
  }
  if (network.target.trim() === "") {
    throw new ValueError("expected a network, as its name or as name=NETWORK,alias=NAME,…");
  }
  return network;
}

/** Whether a network is one that somebody has made, and not one of the engine's own modes. */
export function isUserDefined(network: string): boolean {
  return !/^(default|bridge|host|none|container:.*)$/s.test(network);
}
