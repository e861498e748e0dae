import { assertEquals } from "@std/assert";
import { missingPermissions, requiredPermissions } from "../../../src/transport/permissions.ts";

Deno.test("a unix socket takes three grants of its own path, and no more", () => {
  assertEquals(requiredPermissions({ transport: "unix", path: "/run/docker.sock" }), [
    "--allow-read=/run/docker.sock",
    "--allow-write=/run/docker.sock",
    "--allow-net=unix:/run/docker.sock",
  ]);
});

Deno.test("a TCP port takes one grant of its own host and port", () => {
  assertEquals(requiredPermissions({ transport: "tcp", hostname: "example.org", port: 2375 }), [
    "--allow-net=example.org:2375",
  ]);
  assertEquals(requiredPermissions({ transport: "tcp", hostname: "::1", port: 2375 }), [
    "--allow-net=[::1]:2375",
  ]);
});

Deno.test("TLS takes a grant for each of its files, and none for a CA that is not looked at", () => {
  const endpoint = { transport: "tcp" as const, hostname: "h", port: 2376 };
  const tls = { ca: "/ca.pem", cert: "/cert.pem", key: "/key.pem" };
  assertEquals(requiredPermissions({ ...endpoint, tls }), [
    "--allow-net=h:2376",
    "--allow-read=/ca.pem",
    "--allow-read=/cert.pem",
    "--allow-read=/key.pem",
  ]);
  assertEquals(requiredPermissions({ ...endpoint, tls: { ca: "/ca.pem", skipVerify: true } }), [
    "--allow-net=h:2376",
  ]);
});

Deno.test("ssh takes the grant to run it, and no other", () => {
  const endpoint = { transport: "ssh" as const, hostname: "h", path: "/run/d.sock" };
  assertEquals(requiredPermissions(endpoint), ["--allow-run=ssh"]);
});

Deno.test({
  name: "what is not granted is missing",
  permissions: { net: ["example.org:2375"], read: ["/run/docker.sock"], write: false },
  fn: async () => {
    assertEquals(await missingPermissions({ transport: "unix", path: "/run/docker.sock" }), [
      "--allow-write=/run/docker.sock",
      "--allow-net=unix:/run/docker.sock",
    ]);
    const port = { transport: "tcp" as const, hostname: "example.org", port: 2375 };
    assertEquals(await missingPermissions(port), []);
    assertEquals(await missingPermissions({ ...port, port: 2376 }), [
      "--allow-net=example.org:2376",
    ]);
  },
});
