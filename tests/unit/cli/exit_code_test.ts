import { assertEquals } from "@std/assert";
import { UsageError } from "../../../src/cli/args.ts";
import { codeOfError, codeOfStatus } from "../../../src/cli/exit_code.ts";
import {
  ConnectionError,
  ConnectionLostError,
  ContainerStateError,
  EngineError,
  InvalidOptionError,
  NotTerminalError,
  PermissionError,
  ProtocolError,
} from "../../../src/errors.ts";

/** The engine's refusal of a request. */
function refusal(message: string, path: string): EngineError {
  return new EngineError(message, { status: 400, method: "POST", path });
}

Deno.test("a process's own code is the command's; leaving it is no failure", () => {
  for (const code of [0, 1, 33, 137, 255]) {
    assertEquals(codeOfStatus({ reason: "exited", code }), code);
  }
  assertEquals(codeOfStatus({ reason: "detached" }), 0);
});

const START = "/v1.41/containers/c/start";

Deno.test("run: 125 for a failure of ours or the engine's, 126 and 127 for its command", () => {
  const codes: [unknown, number][] = [
    [refusal("No such image: x", "/v1.41/containers/create"), 125],
    [refusal('exec: "nope": executable file not found in $PATH', START), 127],
    [refusal("no such file or directory", START), 127],
    [refusal("permission denied", START), 126],
    [refusal("pull access denied: permission denied", "/images/create"), 125],
    [new ConnectionError("no engine"), 125],
    [new PermissionError("connect", ["--allow-net"]), 125],
    [new TypeError("a mistake of ours"), 125],
    [new NotTerminalError("not a TTY"), 1],
  ];
  for (const [error, code] of codes) assertEquals(codeOfError(error, "run"), code, String(error));
});

for (const verb of ["start", "attach", "exec"]) {
  Deno.test(`${verb}: 1 for what is refused before the session`, () => {
    const errors = [
      refusal("No such container: x", "/v1.41/containers/x/json"),
      refusal("no such file or directory", START),
      new ConnectionError("no engine"),
      new ContainerStateError("is paused"),
      new InvalidOptionError("invalid detach keys"),
      new NotTerminalError("not a TTY"),
      new UsageError("one too many"),
      new Error("a mistake of ours"),
    ];
    for (const error of errors) assertEquals(codeOfError(error, verb), 1, String(error));
  });
}

for (const verb of ["run", "start", "attach", "exec"]) {
  Deno.test(`${verb}: 125 for a session that broke, so that it looks like no process's failure`, () => {
    assertEquals(codeOfError(new ConnectionLostError("lost"), verb), 125);
    assertEquals(codeOfError(new ProtocolError("cut short"), verb), 125);
  });
}
