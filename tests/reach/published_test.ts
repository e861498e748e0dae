/** The package as its users get it: from a registry, into an empty folder and an empty cache. */
import { assertEquals, assertMatch } from "@std/assert";
import { assemble } from "../../scripts/assemble.ts";
import { temporaryFolder } from "../engine/piped.ts";
import { underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { denoAt, JsrRegistry } from "../harness/jsr_registry.ts";
import { tool } from "../harness/kept_process.ts";
import { Terminal } from "../harness/terminal.ts";
import { RUN } from "./verbs.ts";

const ECHO = [...RUN, "busybox", "echo", "hi"];
const env = { DOCKER_HOST: host };

testWithEngine("published: the command, a script, and the installed command", async (t) => {
  await using registry = await JsrRegistry.start(["dockerpty"]);
  await using folder = await temporaryFolder();
  const { path } = folder;
  const cli = "jsr:@dockerpty/dockerpty/cli";
  const deno = (...args: string[]) => denoAt(registry, path, args, env);

  await t.step("deno publish, but for the sending", async () => {
    await assemble(`${path}/package`);
    await denoAt(registry, `${path}/package`, ["publish", "--dry-run"]);
  });
  await t.step("all of the command is in one file", async () => {
    const file = (name: string) => Deno.readTextFile(`${path}/package/src/cli/${name}`);
    const imported = /\b(?:from|import) ?\(?"(\.[^"]+)"/g;
    const named = async (name: string) =>
      [...(await file(name)).matchAll(imported)].map(([, of]) => of);
    assertEquals(await named("main.ts"), ["./command.js"]);
    assertEquals(await named("command.js"), []);
  });
  await t.step(
    "it has its types, and what a session's start calls is compiled with it",
    async () => {
      const joined = await Deno.readTextFile(`${path}/package/src/cli/command.js`);
      assertMatch(joined, /^\/\/ @ts-self-types="\.\/command\.ts"\n/);
      assertMatch(joined, /\nvar openExec = \(async function openExec\(/);
      assertMatch(joined, /\nvar openRun = \(async function openRun\(/);
      assertMatch(joined, /\n(async )?function openAttach\(/, "and no more than that");
    },
  );
  await t.step("deno run", async () => {
    assertEquals(await deno("run", "-A", cli, ...ECHO), "hi\n");
  });
  await t.step("deno run, with the permissions that it prints", async () => {
    const line = await deno("run", "-A", cli, "-H", host, "permissions");
    const grants = line.trim().split(" ");
    const flags = ["--no-prompt", ...grants];
    assertEquals(await deno("run", ...flags, cli, "-H", host, ...ECHO), "hi\n");
  });
  await t.step("an import", async () => {
    await Deno.writeTextFile(
      `${path}/script.ts`,
      `import { Client } from "jsr:@dockerpty/dockerpty";
const options = { network: "none", remove: true };
const session = await new Client().run("busybox", ["echo", "hi"], options);
const { status, stdout } = await session.output();
console.log(status, new TextDecoder().decode(stdout).trim());
`,
    );
    const output = await deno("run", "-A", "--check", "script.ts");
    assertEquals(output, '{ reason: "exited", code: 0 } hi\n');
  });
  await t.step("deno install -g", async () => {
    const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
    const [, line] = /^deno (install .*)$/m.exec(readme)!;
    await deno(...line.split(" "), "--root", path);
    const { PATH = "" } = Deno.env.toObject();
    const deno_ = Deno.execPath().replace(/\/[^/]*$/, "");
    const installed = `${path}/bin/dockerpty`;
    const options = {
      cwd: path,
      env: {
        ...env,
        PATH: `${deno_}:${PATH}`,
        DENO_DIR: `${path}/.cache`,
        JSR_URL: registry.url,
      },
    };
    assertEquals(await tool(installed, ECHO, options), "hi\n");
    // What stands on a terminal's line stays there.
    const script = `printf 'label: '; exec "$@"`;
    await using terminal = Terminal.spawn(["sh", "-c", script, "sh", installed, ...ECHO], options);
    await terminal.exit;
    assertEquals(terminal.rawText(), "label: hi\r\n");
  });
  await t.step("the bare name, where a registry has it", async () => {
    assertEquals(await deno("run", "-A", "jsr:dockerpty/cli", ...ECHO), "hi\n");
  });
}, { ignore: underTest === "docker", limit: 180_000 });
