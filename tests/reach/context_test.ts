/** How the command finds its engine: contexts, flags, the environment, and what goes first. */
import { assert, assertEquals } from "@std/assert";
import { temporaryFolder } from "../engine/piped.ts";
import { runPiped, underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { createContext, writeContext } from "./contexts.ts";
import { assertRefused, IDLE } from "./verbs.ts";

const ignore = underTest === "docker";
const NOWHERE = "unix:///no/engine.sock";

testWithEngine("contexts: which engine is meant, by all that can say so", async () => {
  await using folder = await temporaryFolder();
  await using box = await container({ cmd: IDLE });
  const config = folder.path;
  await createContext(config, "right", { host });
  await writeContext(config, "by-hand", { host });
  await createContext(config, "wrong", { host: NOWHERE });
  const nothing = { DOCKER_CONFIG: config, DOCKER_HOST: "", DOCKER_CONTEXT: "" };
  const exec = (flags: string[], env: Record<string, string> = {}) =>
    runPiped([...flags, "exec", box.name, "echo", "hi"], { env: { ...nothing, ...env } });

  const right: [flags: string[], env?: Record<string, string>][] = [
    [["--context", "right"]],
    [["--context", "by-hand"]],
    [["-c", "right"], { DOCKER_HOST: NOWHERE, DOCKER_CONTEXT: "wrong" }],
    [["-H", host], { DOCKER_HOST: NOWHERE, DOCKER_CONTEXT: "wrong" }],
    [[], { DOCKER_HOST: host, DOCKER_CONTEXT: "wrong" }],
    [[], { DOCKER_CONTEXT: "right" }],
  ];
  for (const [flags, env] of right) {
    const { code, text, stderr } = await exec(flags, env);
    assertEquals({ code, text, stderr }, { code: 0, text: "hi\n", stderr: "" });
  }
  assertRefused(await exec(["--context", "wrong"]), 1, /unix:\/\/\/no\/engine\.sock/);
  assertRefused(await exec([], { DOCKER_CONTEXT: "nope" }), 1, /context "nope".*docker context ls/);
  assertRefused(await exec(["-H", host, "-c", "right"]), 1, /both a host and a context/);

  await Deno.writeTextFile(`${config}/config.json`, '{"currentContext":"right"}');
  assertEquals((await exec([])).text, "hi\n");
  assertRefused(await exec([], { DOCKER_CONTEXT: "wrong" }), 1, /no\/engine\.sock/);
}, { ignore });

testWithEngine(
  "contexts: without any the usual sockets are looked at, in their order",
  async () => {
    await using folder = await temporaryFolder();
    const home = folder.path;
    const env = { HOME: home, XDG_RUNTIME_DIR: `${home}/run`, DOCKER_HOST: "", DOCKER_CONFIG: "" };
    const usual = [
      "/var/run/docker.sock",
      `${home}/run/docker.sock`,
      `${home}/run/podman/podman.sock`,
      `${home}/.docker/run/docker.sock`,
      `${home}/.docker/desktop/docker.sock`,
      `${home}/.colima/default/docker.sock`,
      `${home}/.orbstack/run/docker.sock`,
      "/run/podman/podman.sock",
    ];
    const there = usual.filter((path) => {
      try {
        return Deno.statSync(path) !== undefined;
      } catch {
        return false;
      }
    });
    if (there.length === 0) {
      const { code, stderr } = await runPiped(["exec", "any", "true"], { env });
      assertEquals(code, 1);
      assert(stderr.includes(usual.join(", ")), stderr);
    }
    await using box = await container({ cmd: IDLE });
    // A link to the engine's socket, at the last of the places that are in the home folder.
    await Deno.mkdir(`${home}/.orbstack/run`, { recursive: true });
    await Deno.symlink(host.replace("unix://", ""), `${home}/.orbstack/run/docker.sock`);
    if (there.includes("/var/run/docker.sock")) return;
    const { code, text, stderr } = await runPiped(["exec", box.name, "echo", "hi"], { env });
    assertEquals({ code, text, stderr }, { code: 0, text: "hi\n", stderr: "" });
  },
  { ignore },
);
