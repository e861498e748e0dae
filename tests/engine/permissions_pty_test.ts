/** The command at a terminal, with few of Deno's permissions and with all. */
import { assert, assertEquals } from "@std/assert";
import { dockerpty, underTest } from "../harness/command.ts";
import { container, type TestOptions, testWithEngine } from "../harness/engine.ts";
import { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { permitted, socketGrants } from "./permitted.ts";
import { idle, runRemoved } from "./piped.ts";

const options: TestOptions = { ignore: Deno.build.os !== "linux" || underTest === "docker" };
const few = (args: string[]) => quoted(permitted(socketGrants, args));

function quoted(argv: string[]): string {
  return argv.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Runs `line` at a terminal, which must be left as it was found; returns what it wrote there. */
async function atTerminal(line: string, code: number): Promise<{ output: string; screen: string }> {
  await using shell = await Shell.open({ rows: 20, cols: 70 });
  const modes = await shell.modes();
  shell.run(`clear; ${line}`);
  assertEquals(await shell.finished(), code, shell.sinceRun);
  assertEquals(await shell.modes(), modes);
  return { output: shell.output, screen: shell.screen() };
}

const raw = String.raw;
/** As a program writes that draws its screen itself: a bare line feed goes straight down. */
const drawing = raw`stty -opost; printf 'A\nB\r\nC\n\n\033[1mD\033[m'; exit 4`;

testWithEngine(
  "command: at a terminal, the socket's permissions: the screen is right",
  async () => {
    await using box = await idle();
    const screen = ["A", " B", "C", "", " D"];
    for (const args of [runRemoved("-it", "busybox"), ["exec", "-it", box.name]]) {
      const seen = await atTerminal(few([...args, "sh", "-c", drawing]), 4);
      const lines = seen.screen.split("\n");
      assertEquals([...lines.slice(0, 4), lines[4].slice(0, 2)], screen, seen.screen);
    }
  },
  options,
);

testWithEngine("command: at a terminal, all permissions: bytes arrive unchanged", async () => {
  await using box = await idle();
  const expected = "A\nB\r\nC\n\n\x1b[1mD\x1b[m";
  for (const args of [runRemoved("-it", "busybox"), ["exec", "-it", box.name]]) {
    const seen = await atTerminal(quoted(dockerpty([...args, "sh", "-c", drawing])), 4);
    assert(seen.output.endsWith(expected), JSON.stringify(seen.output));
  }
}, options);

testWithEngine("command: at a terminal, the socket's permissions: a shell", async () => {
  await using box = await container({ cmd: ["sh"], tty: true, openStdin: true, start: false });
  await using shell = await Shell.open({ rows: 20, cols: 70 });
  const modes = await shell.modes();
  shell.run(few(["start", "-ai", box.name]));
  await shell.waitForEnd(["/ #"]);
  shell.type("stty size\r");
  await shell.waitForEnd(["20 70", "/ #"]);
  shell.resize(28, 105);
  const resized = async () => (await box.exec(["stty", "-F", "/dev/pts/0", "size"])).stdout;
  await until(async () => await resized() === "28 105\n", { what: "the new size" });
  shell.type("\x10\x11");
  assertEquals(await shell.finished(), 0, "detached");
  assertEquals(await shell.modes(), modes);
  shell.run(few(["attach", box.name]));
  await shell.waitForOutput(/\/ # /, { since: shell.raw.length });
  shell.type("exit 5\r");
  assertEquals(await shell.finished(), 5);
  assertEquals(await shell.modes(), modes);
}, options);
