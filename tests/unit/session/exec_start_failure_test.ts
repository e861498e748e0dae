import { assertEquals } from "@std/assert";
import type { ExecInspect } from "../../../src/engine/types.ts";
import { ExecStartFailure } from "../../../src/session/exec_start_failure.ts";
import { payloadReader } from "../../../src/session/output.ts";
import { text } from "../../fakes/bytes.ts";
import { piecesConnection } from "../../fakes/connection_pair.ts";

const OCI = "OCI runtime exec failed: exec failed: unable to start container process: exec: " +
  '"/nope": stat /nope: no such file or directory: unknown\r\n';
const FAILED: ExecInspect = { Running: false, ExitCode: 126, Pid: 0 };

/** Watches an exec's output; tells where its pieces went, the code, and how often it was asked. */
async function watch(pieces: string[], exec: ExecInspect) {
  let asked = 0;
  const failure = new ExecStartFailure(() => {
    asked++;
    return Promise.resolve(exec);
  });
  const read = failure.watch(payloadReader(piecesConnection(pieces), false));
  const output: string[] = [];
  for (let payloads; (payloads = await read(new Uint8Array(1024))) !== null;) {
    output.push(...payloads.map(({ stream, bytes }) => `${stream}: ${text(bytes)}`));
  }
  return { output, code: failure.code(exec.ExitCode ?? 0), asked };
}

Deno.test("the engine's word that it could not start the command goes to stderr", async () => {
  const { output, code, asked } = await watch([OCI], FAILED);
  assertEquals(output, [`stderr: ${OCI}`]);
  assertEquals(asked, 1);
  // docker's older engines say 126 where there is no such command.
  assertEquals(code, 127);
});

Deno.test("a command that cannot be executed has the code 126", async () => {
  const message = 'OCI runtime exec failed: exec: "/etc": permission denied: unknown';
  assertEquals((await watch([message], FAILED)).code, 126);
});

Deno.test("a message that tells of neither has the code 126", async () => {
  const { output, code } = await watch(["unable to find user nope: no match"], FAILED);
  assertEquals([output[0].startsWith("stderr"), code], [true, 126]);
});

Deno.test("where the folder is not there that it should be started in, the code is the engine's", async () => {
  const message = 'OCI runtime exec failed: chdir to cwd ("/a") failed: no such file or directory';
  for (const [ExitCode, expected] of [[126, 126], [127, 127], [128, 127]]) {
    assertEquals((await watch([message], { ...FAILED, ExitCode })).code, expected);
  }
});

Deno.test("so has what newer engines have no code for", async () => {
  const message = "OCI runtime exec failed: exec failed: Cwd must be an absolute path";
  const { output, code } = await watch([message], { ...FAILED, ExitCode: 128 });
  assertEquals([output[0].startsWith("stderr"), code], [true, 126]);
});

Deno.test("whoever takes the engine's word gets all of it, and the output is empty", async () => {
  const told: string[] = [];
  const failure = new ExecStartFailure(() => Promise.resolve(FAILED), (words) => told.push(words));
  const pieces = [OCI.slice(0, 60), OCI.slice(60), "\x1b[2Jmore\r\n"];
  const read = failure.watch(payloadReader(piecesConnection(pieces), false));
  for (let payloads; (payloads = await read(new Uint8Array(1024))) !== null;) {
    assertEquals(payloads, []);
  }
  assertEquals(told, [`${OCI}\ufffd[2Jmore`]);
});

Deno.test("a process that writes the same words keeps its stdout and its code", async () => {
  const own: ExecInspect[] = [
    { Running: true, ExitCode: null, Pid: 7 },
    { Running: false, ExitCode: 126, Pid: 7 },
    { Running: false, ExitCode: 0, Pid: 0 },
  ];
  for (const exec of own) {
    const { output, code } = await watch([OCI], exec);
    assertEquals([output, code], [[`stdout: ${OCI}`], exec.ExitCode ?? 0]);
  }
});

Deno.test("only the first piece of the output is looked at", async () => {
  const { output, asked } = await watch(["hello", OCI], FAILED);
  assertEquals(output, ["stdout: hello", `stdout: ${OCI}`]);
  assertEquals(asked, 0);
});

Deno.test("other output costs no request, and changes no code", async () => {
  for (const piece of ["hi\n", "no such file or directory", "sh: OCI runtime", ""]) {
    const { asked, code } = await watch([piece], FAILED);
    assertEquals([asked, code], [0, 126]);
  }
});
