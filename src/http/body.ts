/**
 * The bodies of HTTP/1.1 responses: of a given length, chunked, or up to the end of the connection.
 *
 * @module
 */
import { ConnectionError, ProtocolError } from "../errors.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ResponseHead } from "./head.ts";

/** How a body ends. */
export type BodyFraming =
  | { kind: "length"; length: number }
  | { kind: "chunked" }
  | { kind: "close" };

/** The longest line that announces a chunk, with its extensions. */
const MAX_CHUNK_LINE = 4096;

/** So many lines may follow the last chunk. */
const MAX_TRAILERS = 100;

const decoder = new TextDecoder("latin1");

/**
 * Tells from a head how the body behind it ends (RFC 9112, section 6.3).
 *
 * @throws {ProtocolError} if the head contradicts itself
 */
export function bodyFraming(method: string, { status, headers }: ResponseHead): BodyFraming {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { kind: "length", length: 0 };
  }
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") {
      throw new ProtocolError(`the engine's answer has an unknown transfer coding: ${coding}`);
    }
    return { kind: "chunked" };
  }
  const length = headers.get("content-length");
  if (length === undefined) return { kind: "close" };
  if (!/^\d{1,15}$/.test(length)) {
    throw new ProtocolError(`the engine's answer has a malformed length: ${length}`);
  }
  return { kind: "length", length: Number(length) };
}

/**
 * The bytes of a body as they arrive. Each piece is valid until the next one is asked for.
 *
 * @throws {ProtocolError} if the body is malformed
 * @throws {ConnectionError} if the connection ends before the body does
 */
export async function* readBody(
  reader: ByteReader,
  framing: BodyFraming,
): AsyncGenerator<Uint8Array, void, void> {
  switch (framing.kind) {
    case "length":
      yield* readExactly(reader, framing.length);
      return;
    case "close":
      do {
        const bytes = reader.buffered;
        reader.consume(bytes.length);
        if (bytes.length > 0) yield bytes;
      } while (await reader.fill());
      return;
    case "chunked":
      yield* readChunked(reader);
  }
}

async function* readExactly(reader: ByteReader, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  while (left > 0) {
    if (reader.buffered.length === 0 && !await reader.fill()) {
      throw new ConnectionError(`the engine's answer was cut short, ${left} bytes before its end`);
    }
    const bytes = reader.buffered.subarray(0, left);
    reader.consume(bytes.length);
    left -= bytes.length;
    yield bytes;
  }
}

async function* readChunked(reader: ByteReader): AsyncGenerator<Uint8Array> {
  while (true) {
    const line = await readLine(reader);
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line);
    if (size === null) {
      throw new ProtocolError(
        `the engine's answer has a malformed chunk size: ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    const length = parseInt(size[1], 16);
    if (length === 0) break;
    yield* readExactly(reader, length);
    if (await readLine(reader) !== "") {
      throw new ProtocolError("the engine's answer has a chunk that is longer than it says");
    }
  }
  // Trailers end with an empty line; an engine's say nothing of interest.
  for (let left = MAX_TRAILERS; await readLine(reader) !== ""; left--) {
    if (left === 0) throw new ProtocolError("the engine's answer has trailers without end");
  }
}

async function readLine(reader: ByteReader): Promise<string> {
  let looked = 0;
  while (true) {
    const bytes = reader.buffered;
    const end = bytes.indexOf(0x0a, looked);
    if (end > 0 && bytes[end - 1] === 0x0d) {
      reader.consume(end + 1);
      return decoder.decode(bytes.subarray(0, end - 1));
    }
    if (end !== -1 || bytes.length > MAX_CHUNK_LINE) {
      throw new ProtocolError("the engine's answer has a malformed chunk");
    }
    looked = bytes.length;
    if (!await reader.fill()) {
      throw new ConnectionError("the engine's answer was cut short, in the middle of its chunks");
    }
  }
}
