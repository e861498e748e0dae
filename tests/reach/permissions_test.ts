/** Each verb with exactly the permissions that `dockerpty permissions` prints, and with one less. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Live } from "../engine/live.ts";
import { runPiped, underTest } from "../harness/command.ts";
import { container, testWithEngine, uniqueName } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { Shell } from "../harness/shell.ts";
import { granted, printedGrants } from "./granted.ts";
import { IDLE, quoted, RUN } from "./verbs.ts";

const ignore = underTest === "docker" || Deno.build.os !== "linux";
const AT = ["-H", host];

testWithEngine(
  "permissions: the line, and where the engine was found by the environment",
  async () => {
    const path = host.replace("unix://", "");
    const line = `--allow-read=${path} --allow-write=${path} --allow-net=unix:${path}`;
    const given = await runPiped([...AT, "permissions", "attach"]);
    assertEquals([given.code, given.text, given.stderr], [0, `${line}\n`, ""]);
    const env = { DOCKER_HOST: host };
    const found = await runPiped(["permissions"], { env });
    const grant = "--allow-env=DOCKER_HOST";
    assertEquals([found.code, found.text], [0, `${line} ${grant}\n`]);
    const how = `found by DOCKER_HOST; with --host ${host} it takes no ${grant}\n`;
    assertStringIncludes(found.stderr, how);
    await using box = await container({ cmd: IDLE });
    const grants = await printedGrants([], undefined, env);
    const args = ["exec", box.name, "echo", "hi"];
    await using exec = new Live([], { argv: granted(grants, args), env });
    const { code, stdout, stderr } = await exec.end();
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "hi\n", stderr: "" });
    const others = grants.filter((other) => other !== grant);
    await using refused = new Live([], { argv: granted(others, args), env });
    const result = await refused.end();
    assertEquals([result.code, result.stdout], [1, ""]);
    // It has looked at another place, and must not keep that to itself.
    assertMatch(result.stderr, /^[^\n]*; DOCKER_HOST could not be read: [^\n]*=DOCKER_HOST\n$/);
  },
  { ignore },
);

/** Every verb, with what it must come to on pipes, whose input is `typed`. */
const VERBS: Record<string, (box: string, stopped: string) => string[]> = {
  run: () => [...RUN, "-i", "busybox", "sh", "-c", "cat; exit 5"],
  start: (_, stopped) => ["start", "-ai", stopped],
  attach: (box) => ["attach", box],
  exec: (box) => ["exec", "-i", box, "sh", "-c", "cat; exit 5"],
};

/** Two containers: one that reads a line and ends with it, and the same, not started. */
async function containers(tty: boolean) {
  const cmd = ["sh", "-c", "read -r line; echo $line; exit 5"];
  const options = { cmd, tty, openStdin: true, stdinOnce: !tty };
  return [await container(options), await container({ ...options, start: false })];
}

for (const [verb, args] of Object.entries(VERBS)) {
  testWithEngine(`permissions: ${verb} on pipes: all granted, and all but one`, async () => {
    const [running, stopped] = await containers(false);
    await using _running = running;
    await using _stopped = stopped;
    const flags = await printedGrants(AT, verb);
    const line = [...AT, ...args(running.name, stopped.name)];
    for (const missing of flags) {
      const others = flags.filter((flag) => flag !== missing);
      await using refused = new Live([], { argv: granted(others, line) });
      const { code, stdout, stderr } = await refused.end();
      assertEquals([code, stdout], [verb === "run" ? 125 : 1, ""], stderr);
      assertMatch(stderr, /^dockerpty \w+: no permission to [^\n]+\n$/);
      assertEquals(stderr.trim().split(" ").filter((word) => word.startsWith("--")), [missing]);
    }
    await using live = new Live([], { argv: granted(flags, line), stdin: "piped" });
    await live.write("typed\n");
    await live.closeStdin();
    const { code, stdout, stderr } = await live.end();
    assertEquals({ code, stdout, stderr }, { code: 5, stdout: "typed\n", stderr: "" });
  }, { ignore, limit: 180_000 });

  testWithEngine(`permissions: ${verb} at a terminal: all granted, and all but one`, async () => {
    const [running, stopped] = await containers(true);
    await using _running = running;
    await using _stopped = stopped;
    const flags = await printedGrants(AT, verb);
    const name = uniqueName();
    const script = "stty -opost; printf 'A\\nB\\r\\n'; read -r line; exit 5";
    const atTerminal: Record<string, string[]> = {
      run: [
        "run",
        "--rm",
        "--network",
        "none",
        "-it",
        "--name",
        name,
        "busybox",
        "sh",
        "-c",
        script,
      ],
      exec: ["exec", "-it", running.name, "sh", "-c", script],
    };
    const line = [...AT, ...atTerminal[verb] ?? args(running.name, stopped.name)];
    await using shell = await Shell.open({ rows: 20, cols: 200 });
    const modes = await shell.modes();
    for (const missing of flags) {
      const others = flags.filter((flag) => flag !== missing);
      const { code, output } = await shell.runToEnd(quoted(granted(others, line)));
      assertEquals(code, verb === "run" ? 125 : 1, output);
      // Not a byte for the terminal itself: it was not touched.
      assertMatch(output, /^dockerpty \w+: no permission to [^\p{Cc}]+\r\n$/u);
      assertStringIncludes(output, missing);
      assertEquals(await shell.modes(), modes);
    }
    shell.run(`clear; ${quoted(granted(flags, line))}`);
    if (verb in atTerminal) {
      await shell.waitFor((terminal) => terminal.screen().startsWith("A\n B"));
    } else {
      await shell.waitFor((terminal) => terminal.screen() === "");
    }
    shell.type("typed\r");
    assertEquals(await shell.finished(), 5, shell.sinceRun);
    assertMatch(shell.output, /typed/);
    assertEquals(await shell.modes(), modes);
  }, { ignore, limit: 180_000 });
}
