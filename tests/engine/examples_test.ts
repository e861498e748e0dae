/** Every example, run as its first lines say, with the permissions that they name. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { container, containerToCome, type TestOptions, testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { Live } from "./live.ts";
import { socketGrants } from "./permitted.ts";
import { idle } from "./piped.ts";

const folder = new URL("../../examples/", import.meta.url);
const env = { DOCKER_HOST: host };
const atTerminal: TestOptions = { ignore: Deno.build.os !== "linux" };

/** The command line of an example. */
function example(name: string, ...args: string[]): string[] {
  const flags = ["--quiet", "--no-prompt", ...socketGrants, "--allow-env=DOCKER_HOST"];
  return [Deno.execPath(), "run", ...flags, new URL(name, folder).pathname, ...args];
}

testWithEngine("examples: each is tested here, and says how it is run", async () => {
  const own = await Deno.readTextFile(new URL(import.meta.url));
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts")) continue;
    // The sandboxed one may not see the environment: it is tested where the permissions are; that of
    // the browser in a browser, in tests/web; the recorder's has one grant more, for its file.
    if (["sandboxed.ts", "web_terminal.ts", "recorder.ts"].includes(name)) continue;
    assertStringIncludes(own, `example("${name}"`);
    const text = await Deno.readTextFile(new URL(name, folder));
    const command =
      `deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/${name}`;
    assertStringIncludes(text, command);
    assertStringIncludes(text, "--allow-env=DOCKER_HOST");
    assert(text.split("\n").length < 60, `${name} is long`);
  }
});

testWithEngine("examples: capture.ts", async () => {
  await using live = new Live([], { argv: example("capture.ts"), env });
  assertEquals(await live.end(), {
    code: 0,
    signal: null,
    stdout: 'stdout: Linux\nstderr: not so good\nstatus: { reason: "exited", code: 3 }\n',
    stderr: "",
  });
});

testWithEngine("examples: lines.ts", async () => {
  await using live = new Live([], { argv: example("lines.ts"), env });
  const { code, stdout, stderr } = await live.end();
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^\d\.\d s: line 1\n\d\.\d s: line 2\n\d\.\d s: line 3\n$/);
});

testWithEngine("examples: exec.ts", async () => {
  await using box = await idle();
  await using live = new Live([], { argv: example("exec.ts", box.name), env, stdin: "piped" });
  await live.write("hello\n");
  await live.closeStdin();
  const { code, stdout, stderr } = await live.end();
  assertEquals([code, stdout, stderr], [0, "HELLO\n", ""]);

  // Its code is the command's; and it does not wait for more input than that reads.
  const command = ["sh", "-c", "echo err >&2; exit 4"];
  const argv = example("exec.ts", box.name, ...command);
  await using failing = new Live([], { argv, env, stdin: "piped" });
  const failed = await failing.end();
  assertEquals([failed.code, failed.stdout, failed.stderr], [4, "", "err\n"]);
});

testWithEngine("examples: exec.ts, whose reader leaves", async () => {
  await using box = await idle();
  const argv = example("exec.ts", box.name, "yes");
  const pipeline = new Deno.Command("sh", {
    args: ["-c", '"$@" | head -n 1', "sh", ...argv],
    env,
    stdin: "null",
  });
  const { stdout, stderr } = await pipeline.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([text(stdout), text(stderr)], ["y\n", ""]);
  assertEquals(await box.processes(), ["cat"]);
});

testWithEngine("examples: fan_out.ts", async () => {
  await using boxes = new AsyncDisposableStack();
  const names: string[] = [];
  for (let count = 0; count < 3; count++) names.push(boxes.use(await idle()).name);
  const command = ["--", "sh", "-c", "echo one; echo two"];
  await using live = new Live([], { argv: example("fan_out.ts", ...names, ...command), env });
  const { code, stdout, stderr } = await live.end();
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  for (const name of names) {
    const own = lines.filter((line) => line.startsWith(`${name} | `));
    assertEquals(own.map((line) => line.split(" | ")[1]), ["one", "two"]);
  }

  await using stopped = await container({ cmd: ["true"], start: false });
  const some = example("fan_out.ts", names[0], stopped.name, ...command);
  await using failing = new Live([], { argv: some, env });
  const failed = await failing.end();
  assertEquals([failed.code, failed.stdout.split("\n").length], [1, 3], failed.stderr);
  assertMatch(failed.stderr, new RegExp(`^${stopped.name} ! .*(not running|improper)`));
});

testWithEngine("examples: shell.ts", async () => {
  await using shell = await Shell.open({ rows: 20, cols: 70, env });
  const modes = await shell.modes();
  shell.run(`clear; ${example("shell.ts").join(" ")}`);
  await shell.waitForEnd(["/ #"]);
  shell.type("stty size\r");
  await shell.waitForEnd(["20 70", "/ #"]);
  shell.type("exit 5\r");
  assertEquals(await shell.finished(), 5);
  assertEquals(await shell.modes(), modes);
}, atTerminal);

testWithEngine("examples: original.ts", async () => {
  await using box = containerToCome();
  await using shell = await Shell.open({ rows: 20, cols: 70, env });
  const modes = await shell.modes();
  shell.run(`clear; ${example("original.ts", box.name).join(" ")}`);
  await shell.waitForEnd(["/ #"]);
  shell.type("whoami\r");
  await shell.waitForEnd(["root", "/ #"]);
  shell.type("exit 6\r");
  assertEquals(await shell.finished(), 0);
  assertStringIncludes(shell.output, '{ reason: "exited", code: 6 }');
  assertEquals(await shell.modes(), modes);
  await until(async () => !(await box.state()).Running, { what: "its end" });
  assertEquals((await box.state()).ExitCode, 6);
}, atTerminal);

testWithEngine("examples: expect.ts", async () => {
  await using live = new Live([], { argv: example("expect.ts"), env });
  const { code, stdout, stderr } = await live.end();
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, '6 * 7 = 42\n{ reason: "exited", code: 0 }\n');
});

testWithEngine("examples: sandboxed_code.ts", async () => {
  await using live = new Live([], { argv: example("sandboxed_code.ts"), env });
  const { code, stdout, stderr } = await live.end();
  assertEquals([code, stderr], [0, ""]);
  const [first, second] = stdout.split("\n");
  assert(first.endsWith('→ { reason: "exited", code: 0 } 42'), stdout);
  assertStringIncludes(second, "did not end within 2000 ms");
});

testWithEngine("examples: recorder.ts", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    const argv = example("recorder.ts");
    argv.splice(2, 0, `--allow-write=${cwd}/hello.cast`);
    await using live = new Live([], { argv, env, cwd });
    const { code, stdout, stderr } = await live.end();
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "hello.cast is written");
    assertStringIncludes(await Deno.readTextFile(`${cwd}/hello.cast`), '"o", "hello\\r\\n"');
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
