/**
 * Many sessions at once in one process: `sessions.ts C N`. Each is a `cat` in the container C, which
 * gets a line and sends it back, and stays. Prints what that took.
 */
import { Client } from "@dockerpty/dockerpty";

const [container, count] = Deno.args;
const client = new Client();
const line = new TextEncoder().encode("a line, there and back\n");

async function open() {
  const session = await client.exec(container, ["cat"], { stdin: "piped" });
  const writer = session.stdin!.getWriter();
  const reader = session.stdout.getReader();
  await writer.write(line);
  for (let seen = 0; seen < line.length;) seen += (await reader.read()).value?.length ?? NaN;
  return { session, writer, reader };
}

async function end({ session, writer }: Awaited<ReturnType<typeof open>>) {
  await writer.close();
  await session.status;
}

// What is loaded and compiled with the first ones is no session's own.
for (let before = 0; before < 20; before++) await end(await open());
const first = await open();
const alone = settled();
const started = performance.now();
const others = await Promise.all(Array.from({ length: Number(count) - 1 }, open));
const wall = performance.now() - started;
const memory = settled() - alone;
console.log(JSON.stringify({ wall, memory }));
for (const opened of [first, ...others]) await end(opened);
Deno.exit();

/** What is resident, in KiB, when what is no longer needed has been given back. */
function settled(): number {
  for (let pass = 0; pass < 3; pass++) (globalThis as { gc?: () => void }).gc?.();
  return Number(/VmRSS:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]);
}
