/** Bytes in bulk: made, counted, hashed. */
import { createHash } from "node:crypto";

/** How many bytes a stream had, and their SHA-256. */
export interface Digest {
  length: number;
  sha256: string;
}

/** Reads a stream to its end; `each` may make the reader slow. */
export async function digest(
  stream: AsyncIterable<Uint8Array>,
  each?: (length: number) => Promise<void>,
): Promise<Digest> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const bytes of stream) {
    hash.update(bytes);
    length += bytes.length;
    if (each !== undefined) await each(length);
  }
  return { length, sha256: hash.digest("hex") };
}

/** Random bytes in pieces; the same for the same `length` in one run of the tests. */
export function* randomBytes(length: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = length; left > 0; left -= block.length) yield block.slice(0, left);
}

const block = new Uint8Array(1 << 20);
for (let at = 0; at < block.length; at += 65536) {
  crypto.getRandomValues(block.subarray(at, at + 65536));
}

/** A command in a container that writes `length` bytes, and no more. */
export function printing(length: number): string[] {
  return ["sh", "-c", `yes ${line} | head -c ${length}`];
}

/** What {@linkcode printing} writes. */
export function* printed(length: number): Generator<Uint8Array<ArrayBuffer>> {
  const piece = new TextEncoder().encode(`${line}\n`.repeat(1 << 16));
  for (let left = length; left > 0; left -= piece.length) {
    yield piece.slice(0, left);
  }
}

const line = "0123456789abcde";

/** The digest of bytes in pieces. */
export function digestOf(pieces: Iterable<Uint8Array>): Digest {
  const hash = createHash("sha256");
  let length = 0;
  for (const bytes of pieces) {
    hash.update(bytes);
    length += bytes.length;
  }
  return { length, sha256: hash.digest("hex") };
}
