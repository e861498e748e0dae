/** Much data: all of it arrives, in order, however fast or slow it is read. */
import { assert, assertEquals } from "@std/assert";
import { dockerpty, underTest } from "../harness/command.ts";
import { containerToCome, testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { digest, digestOf, printed, printing, randomBytes } from "./bytes.ts";
import { Live } from "./live.ts";
import { alive, bare, idle, runRemoved } from "./piped.ts";

const quiet = (...args: string[]) => runRemoved("--log-driver", "none", ...args);

async function throughCat(args: string[]): Promise<void> {
  const length = 20_000_000;
  await using cat = new Live(args, { stdin: "piped" });
  const feeding = (async () => {
    for (const bytes of randomBytes(length)) await cat.writeBytes(bytes);
    await cat.closeStdin();
  })();
  const [back] = await Promise.all([digest(cat.child.stdout), feeding]);
  assertEquals(back, digestOf(randomBytes(length)));
  assertEquals((await cat.status).code, 0);
}

testWithEngine("command: bulk: 20 MB through run -i … cat and back", async () => {
  await throughCat(quiet("-i", "busybox", "cat"));
}, { limit: 180_000 });

testWithEngine("command: bulk: 20 MB through exec -i … cat and back", async () => {
  await using box = await idle();
  await throughCat(["exec", "-i", box.name, "cat"]);
}, { limit: 180_000 });

testWithEngine("command: bulk: 100 MB out of run, and of exec", async () => {
  const length = 104_857_600;
  const expected = digestOf(printed(length));
  await using box = await idle();
  for (const args of [quiet("busybox"), ["exec", box.name]]) {
    await using run = new Live([...args, ...printing(length)]);
    assertEquals(await digest(run.child.stdout), expected);
    assertEquals((await run.status).code, 0);
  }
}, { limit: 180_000 });

testWithEngine("command: bulk: 20 MB through a tty", async () => {
  const length = 20_000_000;
  await using box = await idle();
  const [sh, flag, script] = printing(length);
  const args = ["exec", "-t", box.name, sh, flag, `stty -opost; ${script}`];
  await using run = new Live(args);
  assertEquals(await digest(run.child.stdout), digestOf(printed(length)));
  assertEquals((await run.status).code, 0);
}, { limit: 180_000 });

testWithEngine("command: bulk: a slow reader loses nothing, and fills no memory", async () => {
  const length = 18_933_764;
  await using run = new Live(quiet("busybox", ...printing(length)));
  const memory: number[] = [];
  const slowly = async (read: number) => {
    memory.push(residentKilobytes(run.child.pid));
    await new Promise((resolve) => setTimeout(resolve, read % 3));
  };
  assertEquals(await digest(run.child.stdout, slowly), digestOf(printed(length)));
  assertEquals((await run.status).code, 0);
  const grown = Math.max(...memory) - memory[0];
  if (memory[0] > 0) assert(grown < 40_000, `it grew by ${grown} KB`);
}, { limit: 180_000 });

testWithEngine("command: bulk: a reader that leaves does not make it hang", async () => {
  await using box = await idle();
  const command = printing(50_000_000);
  for (const args of [quiet("busybox", ...command), ["exec", box.name, ...command]]) {
    const line = `${dockerpty(args).map(quote).join(" ")} 2>&3 | head -c 5; exit 0`;
    await using pipe = new Live([], { argv: ["sh", "-c", `exec 3>&2; ${line}`] });
    const { code, stdout, stderr } = await pipe.end();
    assertEquals({ code, stdout }, { code: 0, stdout: "01234" });
    // Whoever reads has left on purpose: that is worth a line at most, and no riddle.
    assert(/^(dockerpty[^\n]*broken pipe[^\n]*\n)?$/i.test(stderr), stderr);
    assert(!stderr.includes("unexpected"), stderr);
  }
  const left = async () => (await alive(box)).join() === "cat";
  await until(left, { what: "what has no reader to end" });
});

testWithEngine("command: bulk: a reader that leaves a run is told what runs on", async () => {
  await using box = containerToCome();
  // More than a pipe holds, and then nothing, until the reader has left.
  const script = "seq 50000; until [ -e /go ]; do sleep 0.05; done; exit 3";
  const args = ["run", "--name", box.name, "--log-driver", "none", ...bare, "busybox"];
  for (const [errors, said] of [["2>&3", box.name], ["2>&1", ""]]) {
    const line = dockerpty([...args, "sh", "-c", script]).map(quote).join(" ");
    const both = `{ ${line} ${errors}; echo $? >&3; } | head -c 5; exit 0`;
    await using pipe = new Live([], { argv: ["sh", "-c", `exec 3>&2; ${both}`] });
    const { code, stdout, stderr } = await pipe.end({ timeout: 60_000 });
    const words = said &&
      `dockerpty run: broken pipe: nobody reads the output; the container ${said} runs on\n`;
    if (underTest !== "docker") {
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: "1\n2\n3", stderr: `${words}1\n` });
    }
    assertEquals((await box.state()).Running, true);
    await box.exec(["touch", "/go"]);
    assertEquals((await box.stopped(60_000)).ExitCode, 3);
    await box[Symbol.asyncDispose]();
  }
}, { limit: 300_000 });

function quote(arg: string): string {
  return `'${arg.replaceAll("'", `'\\''`)}'`;
}

/** The memory that a process has; 0 where that cannot be seen. */
function residentKilobytes(pid: number): number {
  try {
    return Number(/VmRSS:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
