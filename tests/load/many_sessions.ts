/** Many sessions of one process with one engine, all open at the same time. */
import { Client, type Session } from "@dockerpty/dockerpty";
import { assertEquals } from "@std/assert";

/** What {@linkcode manySessions} measured. */
export interface ManySessions {
  /** Until all of them were seen to run, in milliseconds. */
  opened: number;
  /** Until the last one had ended. */
  ended: number;
  /** What the process had grown by when all were open, in bytes. */
  rss: number;
  /** What its heap had. */
  heap: number;
  /** What was held outside the heap, such as buffers. */
  external: number;
}

/**
 * Opens `count` execs, each of which says who it is and then waits; when all have said so, each is
 * given words of its own, and must give them back and end with a code of its own.
 */
export async function manySessions(container: string, count: number): Promise<ManySessions> {
  const client = new Client();
  // What is loaded once is not counted.
  await check(await begin(client, container, 0), 0);
  const before = memory();
  const started = performance.now();
  const open = await Promise.all(
    Array.from({ length: count }, (_, index) => begin(client, container, index)),
  );
  const opened = performance.now() - started;
  const after = memory();
  await Promise.all(open.map(check));
  return {
    opened,
    ended: performance.now() - started,
    rss: after.rss - before.rss,
    heap: after.heapUsed - before.heapUsed,
    external: after.external - before.external,
  };
}

/** A session that has said who it is. */
interface Begun {
  session: Session;
  output: ReadableStreamDefaultReader<string>;
}

async function begin(client: Client, container: string, index: number): Promise<Begun> {
  const script = `echo I am ${index}; cat; exit ${codeOf(index)}`;
  const session = await client.exec(container, ["sh", "-c", script], {
    stdin: "piped",
    stderr: "null",
  });
  const output = session.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals(await readUntil(output, "\n"), `I am ${index}\n`);
  return { session, output };
}

async function check({ session, output }: Begun, index: number): Promise<void> {
  const words = `${index} words, `.repeat(1000);
  const writer = session.stdin!.getWriter();
  const feeding = writer.write(new TextEncoder().encode(words)).then(() => writer.close());
  assertEquals(await readUntil(output), words);
  await feeding;
  assertEquals(await session.status, { reason: "exited", code: codeOf(index) });
}

function codeOf(index: number): number {
  return index % 120;
}

async function readUntil(
  reader: ReadableStreamDefaultReader<string>,
  end?: string,
): Promise<string> {
  let text = "";
  while (end === undefined || !text.endsWith(end)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  return text;
}

function memory(): Deno.MemoryUsage {
  // Only where Deno was told to let it be called is what is left of before collected first.
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage();
}
