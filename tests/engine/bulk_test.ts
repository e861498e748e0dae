/** Much data: all of it arrives, in order, however fast or slow it is read. */
import { assert, assertEquals } from "@std/assert";
import { dockerpty, underTest } from "../harness/command.ts";
import { type Container, containerToCome, testWithEngine } from "../harness/engine.ts";
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

testWithEngine("command: bulk: 5 MB through a tty", async () => {
  const length = 5_000_000;
  await using box = await idle();
  const [sh, flag, script] = printing(length);
  const args = ["exec", "-t", box.name, sh, flag, `stty -opost; ${script}`];
  await using run = new Live(args);
  assertEquals(await digest(run.child.stdout), digestOf(printed(length)));
  assertEquals((await run.status).code, 0);
}, { limit: 180_000 });

testWithEngine("command: bulk: a slow reader loses nothing, and fills no memory", async () => {
  const length = 100_000_000;
  await using box = containerToCome();
  await using run = new Live(quiet("--name", box.name, "busybox", ...printing(length)));
  const { pid } = run.child;
  let before: number | undefined;
  let most = 0;
  const slowly = async (read: number) => {
    if (before === undefined) {
      before = residentKilobytes(pid);
      // It stands still until nothing moves any more, all the way to the process.
      assert(await untilStopped(box) < length, "all of it was taken, though nobody reads");
    }
    most = Math.max(most, residentKilobytes(pid));
    if (read < 20_000_000) await new Promise((resolve) => setTimeout(resolve, read % 3));
  };
  assertEquals(await digest(run.child.stdout, slowly), digestOf(printed(length)));
  assertEquals((await run.status).code, 0);
  // Less than half of what was sent.
  const grown = most - before!;
  assert(grown < 40_000, `it grew by ${grown} KB`);
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

/** Waits until the process writes no more; resolves to how much it has written by then. */
async function untilStopped(box: Container): Promise<number> {
  const look = "for p in $(pidof head); do sed -n 's/^wchar: //p' /proc/$p/io; done";
  let last = "";
  let looks = 0;
  await until(async () => {
    // It may be over by now, and the container gone.
    const { stdout } = await box.exec(["sh", "-c", look]).catch(() => ({ stdout: "" }));
    looks = stdout === last ? looks + 1 : 0;
    last = stdout;
    return looks === 4;
  }, { what: () => `the process to stand still, after ${last}`, interval: 100 });
  return last === "" ? Infinity : Number(last);
}

/** The memory that a process has; 0 where that cannot be seen. */
function residentKilobytes(pid: number): number {
  try {
    return Number(/VmRSS:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
