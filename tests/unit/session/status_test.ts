import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ConnectionError,
  ConnectionLostError,
  DockerptyError,
  EngineError,
  ProtocolError,
} from "../../../src/errors.ts";
import {
  codeFromExec,
  codeOfStartError,
  codeOfStartFailure,
  lostWhileRunning,
  statusFromWait,
  wasNotThere,
} from "../../../src/session/status.ts";

Deno.test("a wait's answer is the exit code, of a signal too", () => {
  assertEquals(statusFromWait({ StatusCode: 0 }), { reason: "exited", code: 0 });
  assertEquals(statusFromWait({ StatusCode: 137, Error: null }), { reason: "exited", code: 137 });
  const empty = { StatusCode: 7, Error: { Message: "" } };
  assertEquals(statusFromWait(empty), { reason: "exited", code: 7 });
});

Deno.test("a wait's answer with an error is an error, whatever its code", () => {
  const answer = { StatusCode: 0, Error: { Message: "removal failed" } };
  assertThrows(() => statusFromWait(answer), DockerptyError, "removal failed");
});

Deno.test("an exec has an exit code once it has ended, and never before", () => {
  const Pid = 7;
  assertEquals(codeFromExec({ Running: false, ExitCode: 0, Pid }), 0);
  assertEquals(codeFromExec({ Running: false, ExitCode: 130, Pid }), 130);
  assertEquals(codeFromExec({ Running: true, ExitCode: 0, Pid }), null);
  assertEquals(codeFromExec({ Running: false, ExitCode: null, Pid }), null);
});

Deno.test("a lost connection is told as what it means for the process; other errors stay", () => {
  const cause = new ConnectionError("cut short");
  const lost = lostWhileRunning(cause);
  assert(lost instanceof ConnectionLostError);
  assertEquals(lost.cause, cause);
  assertEquals(lostWhileRunning(lost), lost);
  for (const error of [new ProtocolError("x"), new TypeError("y"), "z"]) {
    assertEquals(lostWhileRunning(error), error);
  }
});

const MESSAGES: Record<string, 126 | 127 | null> = {
  'exec: "/nope": stat /nope: no such file or directory: unknown': 127,
  'exec: "nope": executable file not found in $PATH: unknown': 127,
  "The system cannot find the file specified.": 127,
  'exec: "/etc": permission denied: unknown': 126,
  'exec: "/tmp": is a directory: unknown': 126,
  "exec /script: exec format error": 126,
  'exec: "/etc/passwd/x": stat: not a directory': 126,
  "driver failed programming external connectivity": null,
  "": null,
};

for (const [message, code] of Object.entries(MESSAGES)) {
  Deno.test(`a start that failed with ${JSON.stringify(message)} has the code ${code}`, () => {
    assertEquals(codeOfStartFailure(message), code);
    const details = { status: 400, method: "POST", path: "/start" };
    assertEquals(codeOfStartError(new EngineError(message, details)), code);
    assertEquals(codeOfStartError(new Error(message)), null);
  });
}

Deno.test("a process was not there by the engine's words, and not by a container's name", () => {
  const error = (status: number, message: string) =>
    new EngineError(message, { status, method: "POST", path: "/containers/a/exec" });
  assertEquals(wasNotThere(error(409, "Container a is not running")), true);
  assertEquals(wasNotThere(error(404, 'No such container: a; start "paused-job" first')), true);
  assertEquals(wasNotThere(error(500, "container state improper")), true);
  const paused = "Container a is paused, unpause the container before exec";
  assertEquals(wasNotThere(error(409, paused)), false);
  assertEquals(wasNotThere(error(500, "no space left on device")), false);
  assertEquals(wasNotThere(new Error("is not running")), false);
});

Deno.test("Podman tells of a command that cannot be started when it is attached to", () => {
  const details = { status: 500, method: "POST", path: "/v1.41/containers/a/attach?stream=1" };
  const code = (message: string) => codeOfStartError(new EngineError(message, details));
  const prepared = "preparing container a for attach: runc: runc create failed: ";
  const command = 'exec: "/no": stat /no: no such file or directory: ';
  const words = "OCI runtime attempted to invoke a command that was not found";
  assertEquals(code(prepared + command + words), 127);
  const denied = 'exec: "/etc": permission denied: OCI permission denied';
  assertEquals(code(prepared + denied), 126);
  // A volume's folder is not the command.
  assertEquals(
    code("preparing container a for attach: statfs /no: no such file or directory"),
    null,
  );
});
