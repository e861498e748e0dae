/** Errors that are found before the engine is asked for anything, and engines that are not there. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { assertFailed, bare, temporaryFolder } from "./piped.ts";
import { Relay } from "./relay.ts";

/** Runs the command, which must not come to a connection. */
async function runUnconnected(...args: string[]) {
  await using relay = new Relay();
  const result = await runPiped(args, { env: { DOCKER_HOST: relay.host }, stdin: "open" });
  assertEquals([relay.accepted, relay.requests], [0, []], "it has asked the engine");
  return result;
}

testWithEngine("command: usage: -it without a terminal", async () => {
  for (const flags of [["-it"], ["-t", "-i"], ["--tty", "--interactive"]]) {
    const run = await runUnconnected("run", ...flags, ...bare, "busybox", "sh");
    assertFailed(run, 1, /^dockerpty run: .*not a TTY/, /-t/);
    assertFailed(
      await runUnconnected("exec", ...flags, "any", "sh"),
      1,
      /^dockerpty exec: .*not a TTY/,
    );
  }
});

testWithEngine("command: usage: unknown flags", async () => {
  for (const verb of ["run", "start", "attach", "exec"]) {
    for (
      const [flag, named] of [["--nope", /--nope/], ["-Z", /'Z' in -Z/], ["-iZ", /Z/]] as const
    ) {
      if (flag === "-iZ" && verb === "attach") continue;
      const result = await runUnconnected(verb, flag, "busybox", "true");
      assertFailed(result, 125, new RegExp(`^dockerpty ${verb}: `), named, /--help/);
    }
  }
});

testWithEngine("command: usage: flags without their values, or with wrong ones", async () => {
  assertFailed(await runUnconnected("run", "--name"), 125, /--name/);
  assertFailed(await runUnconnected("run", "-e"), 125, /-e/);
  assertFailed(await runUnconnected("run", "--rm=perhaps", "busybox"), 125, /perhaps/, /--rm/);
  assertFailed(await runUnconnected("run", "--pull=perhaps", "busybox"), 125, /perhaps/, /missing/);
});

testWithEngine("command: usage: missing arguments, and too many", async () => {
  const missing = [["run"], ["start"], ["start", "-a"], ["attach"], ["exec"], ["exec", "any"]];
  for (const args of missing) {
    const result = await runUnconnected(...args);
    assertFailed(result, 1, new RegExp(`^dockerpty ${args[0]}: .*argument`), /--help/);
  }
  assertFailed(await runUnconnected("attach", "one", "two"), 1, /argument/, /--help/);
  assertFailed(await runUnconnected("nope"), 1, /nope/, /--help/);
});

testWithEngine("command: usage: bad detach keys", async () => {
  const verbs = [
    ["run", ...bare, "busybox", "true"],
    ["start", "-ai", "any"],
    ["attach", "any"],
    ["exec", "any", "true"],
  ];
  for (const [verb, ...args] of verbs) {
    const keys = await runUnconnected(verb, "--detach-keys", "shift-z", ...args);
    assertFailed(
      keys,
      1,
      new RegExp(`^dockerpty ${verb}: .*invalid detach keys .*shift-z`),
      /ctrl-/,
    );
  }
});

testWithEngine("command: usage: no engine", async () => {
  await using folder = await temporaryFolder();
  const missing = `unix://${folder.path}/nothing.sock`;
  Deno.listen({ transport: "unix", path: `${folder.path}/dead.sock` }).close();
  const silent = `unix://${folder.path}/dead.sock`;
  const closed = "tcp://127.0.0.1:1";
  const verbs: [string[], number][] = [
    [["run", "busybox", "true"], 125],
    [["run", "-d", "busybox", "true"], 125],
    [["start", "any"], 1],
    [["start", "-a", "any"], 1],
    [["attach", "any"], 1],
    [["exec", "any", "true"], 1],
    [["exec", "-d", "any", "true"], 1],
  ];
  for (const [args, code] of verbs) {
    const host = [missing, silent, closed][verbs.findIndex(([other]) => other === args) % 3];
    const result = await runPiped(args, { env: { DOCKER_HOST: host } });
    const says = new RegExp(`cannot connect .*${host.replaceAll(".", "\\.")}`);
    assertFailed(result, code, says, /start the engine|DOCKER_HOST/);
  }
});

testWithEngine("command: usage: addresses that are none", async () => {
  for (const host of ["unix://relative.sock", "tcp://here:99999", "fd://", "tcp://a b"]) {
    assertFailed(await runPiped(["-H", host, "attach", "any"]), 1, /address/, /unix:\/\/|tcp:\/\//);
    assertFailed(await runPiped(["-H", host, "run", "busybox"]), 125, /address/);
  }
});

testWithEngine("command: usage: --help and --version are on stdout", async () => {
  const help = await runUnconnected("--help");
  assertEquals({ code: help.code, stderr: help.stderr }, { code: 0, stderr: "" });
  for (const verb of ["run", "start", "attach", "exec"]) {
    assertMatch(help.text, new RegExp(`^ +${verb} `, "m"));
    const { code, text, stderr } = await runUnconnected(verb, "--help");
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(text, `dockerpty ${verb}`);
    assertStringIncludes(text, "--detach-keys");
  }
  const version = await runUnconnected("--version");
  assertMatch(version.text, /^dockerpty version \d+\.\d+\.\d+\S*\n$/);
  assertEquals(version.code, 0);
});
