/** A reader that stops: the command goes on with everything else, and with the output later. */
import { assert, assertEquals } from "@std/assert";
import { testWithEngine } from "../harness/engine.ts";
import { digest, digestOf, printed } from "./bytes.ts";
import { Live } from "./live.ts";
import { idle } from "./piped.ts";
import { CODE, goUntilStalled, handlesOthers, isReady, stalledWriter } from "./stalled_writer.ts";

const LENGTH = 128_000_000;

testWithEngine("command: a reader that stops keeps nothing else from going on", async () => {
  await using box = await idle();
  const args = ["exec", "-i", box.name, ...stalledWriter(LENGTH)];
  await using run = new Live(args, { stdin: "piped" });
  await isReady(box);
  await run.joined();
  await goUntilStalled(box);
  await handlesOthers(box, { type: (text) => run.write(text), signal: () => run.kill("SIGUSR1") });
  // Far from all of it is in the command's memory.
  const most = mostMemory(run.child.pid);
  assert(most < LENGTH / 1024, `it took ${most} KiB`);
  await run.closeStdin();
  assertEquals(await digest(run.child.stdout), digestOf(printed(LENGTH)));
  assertEquals((await run.status).code, CODE);
}, { limit: 240_000 });

/** The most memory that a process has had, in KiB; 0 where that cannot be seen. */
function mostMemory(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
