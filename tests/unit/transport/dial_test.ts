import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConnectionError, PermissionError } from "../../../src/errors.ts";
import { dial } from "../../../src/transport/dial.ts";

Deno.test({
  name: "a missing permission is an error that names the flags, and asks nobody",
  permissions: { net: false, read: false, write: false },
  fn: async () => {
    const endpoint = { transport: "unix" as const, path: "/run/docker.sock" };
    const error = await assertRejects(() => dial(endpoint), PermissionError);
    assertEquals((error as PermissionError).flags, [
      "--allow-read=/run/docker.sock",
      "--allow-write=/run/docker.sock",
      "--allow-net=unix:/run/docker.sock",
    ]);
    assertStringIncludes(error.message, "unix:///run/docker.sock");
    assertStringIncludes(error.message, "--allow-write=/run/docker.sock");
  },
});

Deno.test("where there is no socket, the error says where it was looked for and what to do", async () => {
  const path = "/nonexistent/docker.sock";
  const error = await assertRejects(() => dial({ transport: "unix", path }), ConnectionError);
  assertStringIncludes(error.message, `unix://${path}`);
  assertStringIncludes(error.message, "DOCKER_HOST");
  assertEquals(error.cause instanceof Deno.errors.NotFound, true);
});
