/** Programs that join a session to their own terminal or pipes, and go on or end after it. */
import { assert, assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { container, type TestOptions, testWithEngine } from "../harness/engine.ts";
import { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { idle } from "./sessions.ts";

const options: TestOptions = { ignore: Deno.build.os !== "linux" };

/** The command line of one of the scripts. */
function script(name: string, ...args: string[]): string[] {
  const path = new URL(`./scripts/${name}`, import.meta.url).pathname;
  return [Deno.execPath(), "run", "--quiet", "-A", "--no-prompt", path, ...args];
}

/** Echoes what is typed, until it is told to end with 3. */
const waitsForKeys = ["sh", "-c", "cat & until [ -e /stop ]; do sleep 0.02; done; exit 3"];

testWithEngine("library: at a terminal: prompt() gets the whole next line", async () => {
  for (const typed of ["", "typed before"]) {
    await using box = await container({ cmd: waitsForKeys, tty: true, openStdin: true });
    await using shell = await Shell.open();
    const modes = await shell.modes();
    shell.run(script("asks_after.ts", box.name).join(" "));
    await until(async () => (await shell.settings()).has("-icanon"), { what: "raw mode" });
    if (typed !== "") {
      shell.type(typed);
      await shell.waitFor(typed);
    }
    // It ends while a key is waited for.
    await box.exec(["touch", "/stop"]);
    await shell.waitFor(/ended with 3\nand now:$/);
    shell.type("every key of it\r");
    await shell.waitFor("the answer is <every key of it>");
    assertEquals(await shell.finished(), 0);
    assertEquals(await shell.modes(), modes);
    assertEquals((await shell.runToEnd("echo next reader")).output, "next reader\r\n");
  }
}, options);

testWithEngine("library: at a terminal: a script that just ends, ends", async () => {
  await using box = await idle();
  await using shell = await Shell.open();
  const flags = shell.flags();
  for (
    const [command, code] of [[["true"], 0], [["sh", "-c", "'sleep 0.3; exit 4'"], 4]] as const
  ) {
    const { output } = await shell.runToEnd(
      script("ends_after.ts", box.name, ...command).join(" "),
    );
    assertEquals(output, `ended with ${code}\r\n`);
  }
  assertEquals(shell.flagsAtPrompts.filter((left) => left !== flags), []);
  assertEquals((await shell.runToEnd("echo next reader")).output, "next reader\r\n");
}, options);

testWithEngine("library: on pipes: a script that just ends, ends, stdin being open", async () => {
  await using box = await idle();
  for (const command of [["true"], ["sh", "-c", "read -r line; echo got $line"]]) {
    const argv = script("ends_after.ts", box.name, ...command);
    await using live = new Live([], { argv, stdin: "piped" });
    if (command.length > 1) await live.write("a line\n");
    const { code, stdout, stderr } = await live.end();
    const output = command.length > 1 ? "got a line\n" : "";
    assertEquals({ code, stdout, stderr }, {
      code: 0,
      stdout: `${output}ended with 0\n`,
      stderr: "",
    });
  }
}, options);

testWithEngine("library: on pipes: the next session reads on", async () => {
  await using box = await idle();
  await using live = new Live([], { argv: script("twice.ts", box.name), stdin: "piped" });
  await live.write("one\n");
  await live.waitFor("first one\n");
  await live.waitFor("code: 0");
  await live.write("two\n");
  const { code, stdout } = await live.end();
  assertEquals(code, 0);
  assert(stdout.includes("second two\n"), stdout);
}, options);
