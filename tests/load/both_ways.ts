/** Very many bytes through a session, there and back at the same time. */
import { createHash, type Hash } from "node:crypto";
import { assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";

const BLOCK = 1 << 20;

/** Random bytes in blocks of one MiB, each of which begins with its number: no two are the same. */
function* numberedBlocks(length: number): Generator<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(BLOCK);
  for (let at = 0; at < BLOCK; at += 65536) crypto.getRandomValues(block.subarray(at, at + 65536));
  const number = new DataView(block.buffer);
  for (let left = length, index = 0n; left > 0; left -= BLOCK, index++) {
    number.setBigUint64(0, index);
    yield block.slice(0, left);
  }
}

/** A hash that goes along, and is looked at at every mark. */
class RunningHash {
  readonly marks: string[] = [];
  length = 0;
  readonly #hash: Hash = createHash("sha256");
  readonly #step: number;

  constructor(step: number) {
    this.#step = step;
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#step - this.length % this.#step);
      this.#hash.update(part);
      this.length += part.length;
      at += part.length;
      if (this.length % this.#step === 0) this.marks.push(this.sha256);
    }
  }

  get sha256(): string {
    return this.#hash.copy().digest("hex");
  }
}

/** What {@linkcode bothWays} saw. */
export interface BothWays {
  /** The hash of what was sent, which is that of what came back. */
  sha256: string;
  /** How long it took, in milliseconds. */
  time: number;
  /** The most memory that the command had, in KiB. */
  memory: number;
}

/**
 * Sends `length` bytes into a command that gives them back, and compares their hashes at every
 * `step`: a difference is told as soon as it comes.
 */
export async function bothWays(
  args: string[],
  length: number,
  { step = 256 << 20, progress = () => {} }: {
    step?: number;
    progress?: (length: number, sha256: string) => void;
  } = {},
): Promise<BothWays> {
  const started = performance.now();
  const sent = new RunningHash(step);
  const back = new RunningHash(step);
  await using live = new Live(args, { stdin: "piped" });
  const feeding = (async () => {
    for (const block of numberedBlocks(length)) {
      sent.add(block);
      await live.writeBytes(block);
    }
    await live.closeStdin();
  })();
  let memory = 0;
  for await (const bytes of live.child.stdout) {
    const marks = back.marks.length;
    const blocks = Math.floor(back.length / BLOCK / 16);
    back.add(bytes);
    if (blocks < Math.floor(back.length / BLOCK / 16)) {
      memory = Math.max(memory, residentKiB(live.child.pid));
    }
    if (back.marks.length === marks) continue;
    // What has come back was sent before.
    assertEquals(back.marks, sent.marks.slice(0, back.marks.length));
    progress(back.length, back.marks.at(-1)!);
  }
  await feeding;
  assertEquals([back.length, back.sha256], [length, sent.sha256]);
  assertEquals((await live.status).code, 0);
  return { sha256: back.sha256, time: performance.now() - started, memory };
}

function residentKiB(pid: number): number {
  try {
    return Number(/VmRSS:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
