/** The names that completions offer are those of the engine that the line means. */
import { assertEquals } from "@std/assert";
import { runPiped, underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { writeContext } from "../reach/contexts.ts";
import { idle, temporaryFolder } from "./piped.ts";

testWithEngine("completion: the engine is the one that the line means so far", async (t) => {
  if (underTest === "docker") return;
  await using folder = await temporaryFolder();
  await using box = await idle();
  await writeContext(folder.path, "there", { host });
  // Nothing answers at the engine that no flag names.
  const env = { DOCKER_HOST: "unix:///nowhere/docker.sock", DOCKER_CONFIG: "/nowhere" };
  const offers = (words: string[]) =>
    runPiped(["__complete", "running", ...words], { env })
      .then(({ code, text }) => [code, text.split("\n").includes(box.name)]);
  const found: Record<string, string[]> = {
    "before the verb": ["-H", host, "exec"],
    "in quotes, as bash has it": ["-H", `'${host}'`, "exec"],
    "joined, behind the verb": ["exec", "-i", `--host=${host}`, "-u"],
    "by a context": ["--config", folder.path, "exec", "--context", "there"],
  };
  for (const [how, words] of Object.entries(found)) {
    await t.step(how, async () => assertEquals(await offers(words), [0, true]));
  }
  await t.step("before all of it", async () => {
    const { text } = await runPiped(["-H", host, "__complete", "running"], { env });
    assertEquals(text.split("\n").includes(box.name), true);
  });
  await t.step("by no flag", async () => assertEquals(await offers(["exec", "-it"]), [1, false]));
});
