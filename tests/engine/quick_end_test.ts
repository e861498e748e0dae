/** Commands that are over at once: their code is known, and their output is all there. */
import { runPiped } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { assertRan, idle, runRemoved, several } from "./piped.ts";

const limit = 300_000;
const atOnce = 4;

testWithEngine("command: run busybox true, 20 times", async () => {
  await several(
    20,
    atOnce,
    async () => assertRan(await runPiped(runRemoved("busybox", "true")), {}),
  );
}, { limit });

testWithEngine("command: run busybox echo, 20 times", async () => {
  await several(20, atOnce, async (index) => {
    const args = runRemoved("busybox", "echo", `marker ${index}`);
    assertRan(await runPiped(args), { stdout: `marker ${index}\n` });
  });
}, { limit });

testWithEngine("command: exec C true, 20 times", async () => {
  await using box = await idle();
  await several(20, atOnce, async () => assertRan(await runPiped(["exec", box.name, "true"]), {}));
}, { limit });

testWithEngine("command: exec C echo, 20 times", async () => {
  await using box = await idle();
  await several(20, atOnce, async (index) => {
    const script = `echo marker ${index}; echo error ${index} >&2; exit ${index}`;
    assertRan(await runPiped(["exec", box.name, "sh", "-c", script]), {
      code: index,
      stdout: `marker ${index}\n`,
      stderr: `error ${index}\n`,
    });
  });
}, { limit });

testWithEngine("command: start -a: echo, 10 times", async () => {
  await using box = await container({ cmd: ["echo", "marker"], start: false });
  await several(10, 1, async () => {
    assertRan(await runPiped(["start", "-a", box.name]), { stdout: "marker\n" });
  });
}, { limit });
