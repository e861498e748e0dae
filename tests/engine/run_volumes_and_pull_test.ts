import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runPiped, underTest } from "../harness/command.ts";
import { containerToCome, testWithEngine } from "../harness/engine.ts";
import { assertFailed, assertRan, bare, isPodman, runRemoved, temporaryFolder } from "./piped.ts";

testWithEngine("command: run: -v mounts a folder, there and back", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/in`, "from here\n");
  const script = "cat /mounted/in; echo from there >/mounted/out";
  const mount = `${folder.path}:/mounted`;
  assertRan(await runPiped(runRemoved("-v", mount, "busybox", "sh", "-c", script)), {
    stdout: "from here\n",
  });
  assertEquals(await Deno.readTextFile(`${folder.path}/out`), "from there\n");
});

testWithEngine("command: run: -v read-only, and from the current folder", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/sub`);
  await Deno.writeTextFile(`${folder.path}/sub/in`, "from here\n");
  const flags = [`--volume=./sub:/mounted:ro`, "busybox"];
  const script = "cat /mounted/in; touch /mounted/out 2>/dev/null || echo refused";
  assertRan(await runPiped(runRemoved(...flags, "sh", "-c", script), { cwd: folder.path }), {
    stdout: "from here\nrefused\n",
  });
});

testWithEngine("command: run: --pull never, without the image", async () => {
  await using box = containerToCome();
  const args = ["run", "--pull", "never", "--name", box.name, ...bare];
  const result = await runPiped([...args, "dockerpty-test-no-such-image", "true"]);
  assertFailed(result, 125, /^dockerpty run: .*dockerpty-test-no-such-image/, /pull/);
  assert(!await box.exists());
});

testWithEngine("command: run: --pull missing, where the registry does not answer", async () => {
  // Nothing listens there: the answer is the same with a network and without.
  const image = "localhost:1/dockerpty-test";
  for (const flags of [[], ["--pull", "missing"], ["--pull=always"]]) {
    const { code, text, stderr } = await runPiped(["run", ...flags, ...bare, image, "true"]);
    assertEquals({ code, text }, { code: 125, text: "" }, stderr);
    if (underTest === "docker") continue;
    const lines = stderr.trimEnd().split("\n");
    // It says that it pulls before it does.
    if (flags[0] !== "--pull=always") assertStringIncludes(lines.shift()!, image);
    assertStringIncludes(lines.at(-1)!, "dockerpty run: ");
    assertStringIncludes(lines.at(-1)!, await isPodman() ? "localhost:1" : "refused");
  }
});

testWithEngine("command: run: --pull missing pulls nothing that is there", async () => {
  const args = runRemoved("--pull", "missing", "busybox", "echo", "here");
  assertRan(await runPiped(args), { stdout: "here\n" });
});
