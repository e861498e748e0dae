/**
 * Addresses, and names of hosts.
 *
 * @module
 */
import { cut, ValueError } from "./value_error.ts";

const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const MAC = /^(?:[\da-f]{2}([:-])(?:[\da-f]{2}\1)*[\da-f]{2}|[\da-f]{4}(?:\.[\da-f]{4}){2,})$/i;

/** Whether a text is an address of either kind. */
export function isIpAddress(text: string): boolean {
  return canonicalIp(text) !== undefined;
}

/** Reads an address, and writes it in the usual way: `2001:db8::0001` as `2001:db8::1`. */
export function parseIp(text: string): string {
  const address = canonicalIp(text.trim());
  if (address === undefined) throw new ValueError("expected an IP address such as 8.8.8.8 or ::1");
  return address;
}

function canonicalIp(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  if (!/^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return undefined;
  const url = URL.parse(`http://[${text}]/`);
  return url === null ? undefined : url.hostname.slice(1, -1);
}

/** Checks an address, which the engine is given as it is. */
export function parseOwnIp(text: string): string {
  parseIp(text);
  return text;
}

/** Reads the address of a network card: `92:d0:c6:0a:29:33`. */
export function parseMac(text: string): string {
  const digits = text.replace(/[^\da-f]/gi, "").length;
  if (!MAC.test(text.trim()) || ![12, 16, 40].includes(digits)) {
    throw new ValueError("expected a MAC address such as 92:d0:c6:0a:29:33");
  }
  return text;
}

/** Reads a line for `/etc/hosts`: `name:address` or `name=address`. */
export function parseExtraHost(text: string): string {
  const [name, address = ""] = cut(text, text.includes("=") ? "=" : ":");
  const bare = address.replace(/^\[(.+)\]$/, "$1");
  if (name === "" || name.includes(":") || (bare !== "host-gateway" && !isIpAddress(bare))) {
    throw new ValueError("expected name:address, or name:host-gateway");
  }
  return `${name}:${bare}`;
}

const DOMAIN = /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*\.?$/i;

/** Reads a domain to search names in; `.` stands for none. */
export function parseDnsSearch(text: string): string {
  const domain = text.trim();
  if (domain === ".") return domain;
  if (!DOMAIN.test(domain) || !/[a-z]/i.test(domain) || domain.length > 254) {
    throw new ValueError("expected a domain such as example.com, or . for none");
  }
  return domain.replace(/\.$/, "");
}

/** Reads a link to a container: `name` or `name:alias`. */
export function parseLink(text: string): string {
  if (!/^[^:]+(:[^:]*)?$/.test(text)) throw new ValueError("expected container[:alias]");
  return text;
}
