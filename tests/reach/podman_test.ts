/** Every verb on Podman's compatible socket, at a terminal and not. */
import { assertEquals, assertMatch } from "@std/assert";
import { dockerpty, underTest } from "../harness/command.ts";
import { noPodman, Podman } from "../harness/podman.ts";
import { Shell } from "../harness/shell.ts";
import {
  assertRefused,
  checkBulk,
  checkPipes,
  checkTerminal,
  command,
  quoted,
  testWith,
  uniqueName,
  withIdle,
} from "./verbs.ts";

const lacks = underTest === "docker" ? "docker words its errors its own way" : noPodman();

testWith(lacks, "podman: every verb", async (t) => {
  await using engine = await Podman.start();
  const way = { flags: ["-H", engine.host] };
  const reading = ["busybox", "sh", "-c", "read -r line; echo got $line; echo err >&2; exit 6"];
  const run = ["run", "--network", "none"];

  // Podman 4.3 at times forgets an exec as it ends ("no such exec session"), and with it the code: a
  // second try tells that from a fault of ours, which would be there again.
  const step = (name: string, check: () => Promise<void>) =>
    t.step(name, async () => {
      try {
        await check();
      } catch (error) {
        console.error(`podman: ${name}: tried again after ${error}`);
        await check();
      }
    });

  await step("run on pipes", () => checkPipes(way));
  await step("run and attach at a terminal", () => checkTerminal(way));
  await step("exec on pipes: 8 MB both ways", () => withIdle(way, (box) => checkBulk(way, box)));

  await step("start and attach on pipes", async () => {
    const name = uniqueName();
    const made = await command(way, [...run, "-i", "--name", name, ...reading], { stdin: "a\n" });
    assertEquals([made.code, made.text, made.stderr], [6, "got a\n", "err\n"]);
    const again = await command(way, ["start", "-ai", name], { stdin: "b\n" });
    assertEquals([again.code, again.text, again.stderr], [6, "got b\n", "err\n"]);
    assertEquals((await command(way, ["start", name])).text, `${name}\n`);
    const attached = await command(way, ["attach", name], { stdin: "c\n" });
    assertEquals([attached.code, attached.text, attached.stderr], [6, "got c\n", "err\n"]);
  });

  await step("exec and start at a terminal", async () => {
    const name = uniqueName();
    await using shell = await Shell.open({ rows: 20, cols: 70 });
    const modes = await shell.modes();
    const at = (args: string[]) => shell.run(quoted(dockerpty([...way.flags, ...args])));
    await withIdle(way, async (box) => {
      at([
        "exec",
        "-it",
        box,
        "sh",
        "-c",
        "until stty size | grep '20 70'; do sleep 0.1; done; read -r line; exit 4",
      ]);
      await shell.waitForOutput(/\n20 70\r\n/);
      shell.type("\r");
      assertEquals(await shell.finished(), 4);
    });
    const made = await command(way, [...run, "-dt", "-i", "--name", name, "busybox", "true"]);
    assertEquals(made.code, 0, made.stderr);
    await engine.command("wait", name);
    at(["start", "-ai", name]);
    assertEquals(await shell.finished(), 0);
    assertEquals(await shell.modes(), modes);
  });

  await step("errors", async () => {
    assertRefused(await command(way, ["exec", "nope", "true"]), 1, /nope/);
    assertRefused(await command(way, ["attach", "nope"]), 1, /nope/);
    const failed = await command(way, [...run, "--rm", "busybox", "/no/command"]);
    assertEquals(failed.code, 127, failed.stderr);
    await withIdle(way, async (box) => {
      const { code, stderr } = await command(way, ["exec", box, "/no/command"]);
      assertEquals(code, 127, stderr);
      assertMatch(stderr, /no such file|not found/);
    });
  });
});
