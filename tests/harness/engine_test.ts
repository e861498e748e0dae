import { assert, assertEquals } from "@std/assert";
import { container, testWithEngine } from "./engine.ts";

testWithEngine("engine: a container's life, and its removal", async () => {
  let box;
  {
    await using made = await container({ cmd: ["sh", "-c", "echo out; echo err >&2; exec cat"] });
    box = made;
    assertEquals((await made.stopped()).ExitCode, 0);
    assertEquals(await made.logs(), { stdout: "out\n", stderr: "err\n" });
  }
  assert(!await box.exists());
});

testWithEngine("engine: what runs in a container, and running something more", async () => {
  await using box = await container({ cmd: ["cat"], openStdin: true });
  assertEquals(await box.processes(), ["cat"]);
  const { code, stdout, stderr } = await box.exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  assertEquals({ code, stdout, stderr }, { code: 3, stdout: "out\n", stderr: "err\n" });
  await box.pause();
  assert((await box.state()).Paused);
  await box.unpause();
  await box.kill();
  assertEquals((await box.stopped()).ExitCode, 137);
});
