/**
 * The engine's multiplexed stream: stdout and stderr in frames on one connection.
 *
 * ```text
 *  byte 0      bytes 1–3   bytes 4–7                bytes 8 …
 * ┌──────────┬───────────┬────────────────────────┬──────────────┐
 * │ stream   │ 0  0  0   │ length, big-endian     │ payload      │
 * └──────────┴───────────┴────────────────────────┴──────────────┘
 *   0 stdin (shown as stdout), 1 stdout, 2 stderr, 3 an error of the engine's
 * ```
 *
 * @module
 */
import { CutShortError, ProtocolError } from "../errors.ts";

/** A part of what a process wrote. */
export interface Payload {
  /** Which of its streams the process wrote to. */
  stream: "stdout" | "stderr";
  /** What it wrote, or a part of that: payloads are passed on as they arrive. */
  bytes: Uint8Array;
}

const HEADER_LENGTH = 8;
const SYSTEM_ERROR = 3;
/** No error message of an engine's is longer than this. */
const MAX_SYSTEM_ERROR = 64 * 1024;

/** Takes the frames off a multiplexed stream, however it was cut into pieces. */
export class MultiplexedStreamDecoder {
  #header = new Uint8Array(HEADER_LENGTH);
  #headerLength = 0;
  #stream = 0;
  #payloadLeft = 0;
  #systemError: string | null = null;
  #failure: Error | null = null;
  #decoder = new TextDecoder();
  #joins: boolean;

  /**
   * Begins a stream.
   *
   * @param options with `join`, payloads of one stream that follow each other in a chunk become one:
   * they are moved over the headers between them, in the chunk itself
   */
  constructor({ join = false }: { join?: boolean } = {}) {
    this.#joins = join;
  }

  /**
   * Takes the frames' headers off `chunk`. The payloads are views of it.
   *
   * @throws {ProtocolError} if the stream is not multiplexed, or holds an error of the engine's; what
   * came before that is returned, and the next call throws
   */
  decode(chunk: Uint8Array): Payload[] {
    this.check();
    const payloads: Payload[] = [];
    try {
      this.#decode(chunk, payloads);
    } catch (error) {
      if (payloads.length === 0) throw error;
      this.#failure = error as Error;
    }
    return payloads;
  }

  /** Throws what was found behind the payloads that were returned last. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #decode(chunk: Uint8Array, payloads: Payload[]): void {
    let index = 0;
    // The payload that is being put together, and its place in the chunk.
    let joined: Payload | undefined;
    let start = 0;
    let end = 0;
    while (index < chunk.length) {
      if (this.#payloadLeft === 0) {
        index = this.#readHeader(chunk, index);
        continue;
      }
      const next = Math.min(index + this.#payloadLeft, chunk.length);
      this.#payloadLeft -= next - index;
      const stream = this.#stream === 2 ? "stderr" : "stdout";
      if (this.#systemError !== null) {
        this.#readSystemError(chunk.subarray(index, next));
      } else if (this.#joins && joined?.stream === stream) {
        chunk.copyWithin(end, index, next);
        end += next - index;
        joined.bytes = chunk.subarray(start, end);
      } else {
        start = index;
        end = next;
        joined = { stream, bytes: chunk.subarray(start, end) };
        payloads.push(joined);
      }
      index = next;
    }
  }

  /**
   * Says that the stream has ended.
   *
   * @throws {CutShortError} if it ended inside a frame
   */
  end(): void {
    this.check();
    if (this.#systemError !== null) this.#throwSystemError();
    if (this.#headerLength > 0) {
      throw new CutShortError(
        `the container's output was cut short, inside the header of a frame`,
      );
    }
    if (this.#payloadLeft > 0) {
      throw new CutShortError(
        `the container's output was cut short, ${this.#payloadLeft} bytes before a frame's end`,
      );
    }
  }

  /** Reads a header, or the part of it that `chunk` holds; returns the index behind it. */
  #readHeader(chunk: Uint8Array, index: number): number {
    let header = chunk;
    let at = index;
    let next = index + HEADER_LENGTH;
    if (this.#headerLength > 0 || next > chunk.length) {
      const part = chunk.subarray(index, index + HEADER_LENGTH - this.#headerLength);
      this.#header.set(part, this.#headerLength);
      this.#headerLength += part.length;
      next = index + part.length;
      if (this.#headerLength < HEADER_LENGTH) return next;
      this.#headerLength = 0;
      header = this.#header;
      at = 0;
    }
    const stream = header[at];
    if (stream > SYSTEM_ERROR || header[at + 1] || header[at + 2] || header[at + 3]) {
      throw new ProtocolError(
        `the container's output is not a multiplexed stream: a frame begins with the bytes ` +
          Array.from(header.subarray(at, at + 4)).join(" "),
      );
    }
    this.#stream = stream;
    this.#payloadLeft = (header[at + 4] << 24 | header[at + 5] << 16 | header[at + 6] << 8 |
      header[at + 7]) >>> 0;
    if (stream === SYSTEM_ERROR) {
      this.#systemError = "";
      if (this.#payloadLeft === 0) this.#throwSystemError();
    }
    return next;
  }

  #readSystemError(bytes: Uint8Array): void {
    this.#systemError += this.#decoder.decode(bytes, { stream: true });
    if (this.#payloadLeft === 0 || this.#systemError!.length > MAX_SYSTEM_ERROR) {
      this.#throwSystemError();
    }
  }

  #throwSystemError(): never {
    throw new ProtocolError(`the engine failed while streaming: ${this.#systemError}`);
  }
}
