/** Engines that speak one version of the API only: one that refuses old ones, and an old one. */
import { assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { assertRefused, checkPipes, checkTerminal, command, IDLE } from "./verbs.ts";
import { VersionGate } from "./version_gate.ts";

for (const version of ["1.44", "1.24"]) {
  testWithEngine(`versions: an engine that speaks ${version} only`, async () => {
    await using gate = await VersionGate.open(version);
    await using box = await container({ cmd: IDLE });
    const way = { flags: ["-H", gate.host] };
    await checkPipes(way);
    await checkTerminal(way);
    const { code, text, stderr } = await command(way, ["exec", box.name, "echo", "hi"]);
    assertEquals({ code, text, stderr }, { code: 0, text: "hi\n", stderr: "" });
    assertEquals([...gate.asked], [version]);
    const env = { DOCKER_API_VERSION: "1.30" };
    const pinned = await command({ ...way, env }, ["exec", box.name, "true"]);
    assertRefused(pinned, 1, /client version 1\.30 is not supported/);
  }, { ignore: underTest === "docker", limit: 180_000 });
}
