/** Signals to an exec in images that are not busybox's: with other shells, and with none. */
import { assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { type Container, container, testWithEngine } from "../harness/engine.ts";
import { Image, program } from "../harness/images.ts";
import { until } from "../harness/until.ts";
import { Live } from "./live.ts";

// docker's own CLI passes nothing on to an exec.
const ignore = underTest === "docker" || Deno.build.os !== "linux";

/** What there is: Debian's shell and tools, and a shell that has to do without. */
const images: Record<string, () => Record<string, string>> = {
  "Debian's": () => ({
    "/bin/sh": program("dash"),
    "/bin/tr": program("tr"),
    "/bin/sleep": program("sleep"),
  }),
  "bash alone": () => ({ "/bin/sh": program("bash"), "/bin/sleep": program("sleep") }),
};

/** How many processes in it are such a command. One that has ended and nobody waits for has no line. */
async function running(box: Container, command: string): Promise<number> {
  const script =
    "for file in /proc/[0-9]*/cmdline; do line=; read -r line <$file; echo $line; done";
  const { stdout } = await box.exec(["sh", "-c", `(${script}) 2>/dev/null; :`]);
  // A shell's read drops what is between the arguments.
  return stdout.split("\n").filter((line) => line.startsWith(command)).length;
}

for (const [name, programs] of Object.entries(images)) {
  testWithEngine(`command: signals: to an exec, in an image of ${name}`, async () => {
    await using image = await Image.of(programs());
    await using box = await container({ image: image.name, cmd: ["sleep", "600"] });
    // A shell has its children in the background ignore SIGINT.
    const cases = { SIGTERM: [143, "&"], SIGHUP: [129, "&"], SIGINT: [130, ";"] } as const;
    for (const [signal, [code, joint]] of Object.entries(cases)) {
      const script = `echo ready; sleep 61 ${joint} sleep 62; echo not reached`;
      await using exec = new Live(["exec", "-u", "7", box.name, "sh", "-c", script]);
      await exec.waitFor("ready\n", { timeout: 60_000 });
      const all = joint === "&" ? 3 : 2;
      const begun = async () => await running(box, "sleep") === all;
      await until(begun, { what: `${all} times sleep`, timeout: 60_000, interval: 50 });
      exec.kill(signal as Deno.Signal);
      const ended = await exec.end({ timeout: 60_000 });
      assertEquals([ended.code, ended.stdout, ended.stderr], [code, "ready\n", ""], signal);
      const alone = async () => await running(box, "sleep") === 1;
      await until(alone, { what: `the end of all by ${signal}`, timeout: 60_000, interval: 50 });
    }
  }, { ignore, limit: 300_000 });
}

testWithEngine("command: signals: to an exec, in an image without a shell", async () => {
  await using image = await Image.of({ "/bin/cat": program("cat") });
  await using box = await container({ image: image.name, cmd: ["cat"], openStdin: true });
  await using exec = new Live(["exec", "-i", box.name, "cat"], { stdin: "piped" });
  const says = async (word: string) => {
    await exec.write(`${word}\n`);
    await exec.waitFor(`${word}\n`, { timeout: 60_000 });
  };
  await says("ready");
  // What would not have ended the command is told, and no more than that.
  exec.kill("SIGUSR1");
  await exec.waitFor("SIGUSR1 to the command: the container has no shell", {
    stream: "stderr",
    timeout: 60_000,
  });
  await says("still there");
  exec.kill("SIGTERM");
  const { signal, stderr } = await exec.end({ timeout: 60_000 });
  assertEquals(signal, "SIGTERM");
  const why = "the container has no shell to do it with";
  assertEquals(stderr.split("\n"), [
    `dockerpty: cannot send SIGUSR1 to the command: ${why}`,
    `dockerpty: cannot send SIGTERM to the command: ${why}; it may run on`,
    "",
  ]);
  assertEquals((await box.state()).Running, true);
}, { ignore, limit: 300_000 });
