import { assertEquals, assertThrows } from "@std/assert";
import { EndpointError } from "../../../src/errors.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../../../src/transport/endpoint.ts";

const ADDRESSES: Record<string, Endpoint> = {
  "unix:///var/run/docker.sock": { transport: "unix", path: "/var/run/docker.sock" },
  "UNIX:///run/d.sock": { transport: "unix", path: "/run/d.sock" },
  "unix:///with space/é.sock": { transport: "unix", path: "/with space/é.sock" },
  "tcp://example.org:2376": { transport: "tcp", hostname: "example.org", port: 2376 },
  "tcp://example.org": { transport: "tcp", hostname: "example.org", port: 2375 },
  "tcp://example.org:65535/": { transport: "tcp", hostname: "example.org", port: 65535 },
  "http://127.0.0.1:1": { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  "127.0.0.1:4243": { transport: "tcp", hostname: "127.0.0.1", port: 4243 },
  "localhost": { transport: "tcp", hostname: "localhost", port: 2375 },
  "tcp://[::1]:2375": { transport: "tcp", hostname: "::1", port: 2375 },
  "https://example.org": { transport: "tcp", hostname: "example.org", port: 2376, tls: {} },
  "ssh://example.org": { transport: "ssh", hostname: "example.org" },
  "ssh://example.org/": { transport: "ssh", hostname: "example.org" },
  "ssh://me@alias_1:22/run/d.sock": {
    transport: "ssh",
    user: "me",
    hostname: "alias_1",
    port: 22,
    path: "/run/d.sock",
  },
  "ssh://[::1]:22": { transport: "ssh", hostname: "::1", port: 22 },
  "[fe80::1]": { transport: "tcp", hostname: "fe80::1", port: 2375 },
};

for (const [address, endpoint] of Object.entries(ADDRESSES)) {
  Deno.test(`the address ${address} is understood`, () => {
    assertEquals(parseEndpoint(address), endpoint);
  });
}

const MALFORMED = [
  "",
  "unix://",
  "unix://relative/path",
  "unix:///line\nfeed",
  "unix:///nul\0",
  "tcp://",
  "tcp://host:",
  "tcp://host:0",
  "tcp://host:65536",
  "tcp://host:port",
  "tcp://host:2375/path",
  "tcp://user@host:2375",
  "tcp://::1:2375",
  "tcp://host name:2375",
  "tcp://host\r\nX: y",
  "ftp://host",
  "ssh://",
  "ssh://-oProxyCommand=reboot",
  "ssh://-lroot@host",
  "ssh://host:0",
  "ssh://host:70000",
  "ssh://host name",
  "ssh://host/line\nfeed",
  "ssh://host;reboot",
];

for (const address of MALFORMED) {
  Deno.test(`the address ${JSON.stringify(address)} is refused, and shown`, () => {
    assertThrows(() => parseEndpoint(address), EndpointError, JSON.stringify(address));
  });
}

for (const address of ["ssh://me:secret@host", "tcp://me:secret@host:1", "me:secret@host"]) {
  Deno.test(`the address ${address} is refused, and shown without its password`, () => {
    const shown = JSON.stringify(address.replace("secret", "…"));
    assertThrows(() => parseEndpoint(address), EndpointError, shown);
  });
}

Deno.test("a refused address cannot move the cursor of whoever reads the message", () => {
  const error = assertThrows(() => parseEndpoint("\x1b[2Junix://x"));
  assertEquals(error.message.includes("\x1b"), false);
});

Deno.test("an endpoint's address names that endpoint again", () => {
  for (const endpoint of Object.values(ADDRESSES)) {
    const tls = endpoint.transport === "tcp" ? endpoint.tls : undefined;
    assertEquals(parseEndpoint(formatEndpoint(endpoint), tls), endpoint);
  }
});

Deno.test("an IPv6 address is shown in brackets", () => {
  const endpoint: Endpoint = { transport: "tcp", hostname: "::1", port: 2375 };
  assertEquals(formatEndpoint(endpoint), "tcp://[::1]:2375");
});

Deno.test("with TLS a port that is not named is 2376, and one that is stays", () => {
  const tls = { ca: "/ca.pem" };
  const endpoint = { transport: "tcp" as const, hostname: "a", port: 2376, tls };
  assertEquals(parseEndpoint("tcp://a", tls), endpoint);
  assertEquals(parseEndpoint("a:2375", tls), { ...endpoint, port: 2375 });
});
