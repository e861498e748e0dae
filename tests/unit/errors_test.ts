import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as errors from "../../src/errors.ts";

Deno.test("every error is a DockerptyError that is called what it is", () => {
  const { EngineError: _, PermissionError: __, InterruptedError: ___, messageOf: ____, ...plain } =
    errors;
  for (const [name, ErrorClass] of Object.entries(plain)) {
    const error = new ErrorClass("what was tried", { cause: "why" });
    assert(error instanceof errors.DockerptyError);
    assertEquals([error.name, error.message, error.cause], [name, "what was tried", "why"]);
  }
});

Deno.test("every error's message is one line that can be shown, whatever it repeats", () => {
  const { messageOf: _, ...classes } = errors;
  const evil = "evil\x1b[2J\u009b1m\r\nline\u202e";
  const details = { status: 500, method: "GET", path: "/" };
  for (const ErrorClass of Object.values(classes)) {
    const error = ErrorClass === errors.PermissionError
      ? new ErrorClass(evil, [])
      : new (ErrorClass as typeof errors.EngineError)(evil, details);
    assertStringIncludes(error.message, "evil\ufffd[2J\ufffd1m line\ufffd");
  }
});

Deno.test("a lost connection is a failed one, too", () => {
  assert(new errors.ConnectionLostError("x") instanceof errors.ConnectionError);
});

Deno.test("the engine's refusal tells what was asked of it", () => {
  const details = { status: 404, method: "GET", path: "/v1.41/containers/x/json" };
  const error = new errors.EngineError("No such container: x", details);
  const { name, message, status, method, path } = error;
  assertEquals([name, message], ["EngineError", "No such container: x"]);
  assertEquals({ status, method, path }, details);
});

Deno.test("an interrupted opening tells the signal", () => {
  const { name, message, signal } = new errors.InterruptedError("SIGTERM");
  assertEquals([name, signal], ["InterruptedError", "SIGTERM"]);
  assertStringIncludes(message, "SIGTERM");
});

Deno.test("a missing permission tells the flags that grant it", () => {
  const error = new errors.PermissionError("connect to x", ["--allow-read=/x", "--allow-net"]);
  assertEquals(error.flags, ["--allow-read=/x", "--allow-net"]);
  assertEquals(error.name, "PermissionError");
  assertStringIncludes(error.message, "connect to x");
  assertStringIncludes(error.message, "--allow-read=/x --allow-net");
});

Deno.test("whatever was thrown has a message", () => {
  assertEquals(errors.messageOf(new TypeError("x")), "x");
  assertEquals([errors.messageOf("y"), errors.messageOf(undefined)], ["y", "undefined"]);
});
