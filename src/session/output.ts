/**
 * The output of a hijacked connection: raw, or multiplexed.
 *
 * @module
 */
import { MultiplexedStreamDecoder, type Payload } from "../stream/multiplexed_stream.ts";
import type { Connection } from "../transport/connection.ts";
import type { Sink } from "./session.ts";
import { lostWhileRunning } from "./status.ts";

/** The size of each of the two buffers that {@linkcode forwardOutput} reads with. */
const FORWARD_BUFFER_SIZE = 256 * 1024;
/** The size of the pieces that {@linkcode outputStreams} hands out, at most. */
const STREAM_BUFFER_SIZE = 128 * 1024;
/** The size of the first one: of hundreds of sessions most wait, each with such a buffer. */
const FIRST_BUFFER_SIZE = 2 * 1024;
/** How much of a stream may lie unread. */
const HIGH_WATER_MARK = 256 * 1024;

/** Reads payloads into a buffer; null at the end. They are views of the buffer. */
export type ReadPayloads = (buffer: Uint8Array) => Promise<Payload[] | null>;

/** Reads a connection's output. */
export function payloadReader(
  connection: Pick<Connection, "read">,
  multiplexed: boolean,
): ReadPayloads {
  // What is passed on is larger so, and a write costs more than moving what is written.
  const decoder = multiplexed ? new MultiplexedStreamDecoder({ join: true }) : null;
  return async (buffer) => {
    decoder?.check();
    const count = await connection.read(buffer).catch((error) => {
      throw lostWhileRunning(error);
    });
    if (count === null) {
      decoder?.end();
      return null;
    }
    const bytes = buffer.subarray(0, count);
    return decoder === null ? [{ stream: "stdout", bytes }] : decoder.decode(bytes);
  };
}

/**
 * Gives all output to sinks, one piece after another. While one is on its way, the next is read, and
 * no more than that.
 */
export async function forwardOutput(
  read: ReadPayloads,
  sinks: { stdout: Sink; stderr: Sink },
): Promise<void> {
  // A sink that fails is told at once, and not when the process writes the next time.
  const failed = Promise.withResolvers<never>();
  const write = async (payloads: readonly Payload[]) => {
    for (const { stream, bytes } of payloads) {
      const written = sinks[stream].write(bytes);
      if (written !== undefined) await written;
    }
  };
  const pass = async () => {
    let buffer = new Uint8Array(FORWARD_BUFFER_SIZE);
    let other: typeof buffer | undefined;
    let writing: Promise<void> | undefined;
    try {
      let failing = false;
      for (let payloads; (payloads = await read(buffer)) !== null;) {
        await writing?.catch(() => failing = true);
        // Dropped from then on, so that the output's end is still seen.
        if (failing) continue;
        writing = write(payloads);
        writing.catch(failed.reject);
        [buffer, other] = [other ?? new Uint8Array(FORWARD_BUFFER_SIZE), buffer];
      }
    } finally {
      // Also where reading failed: what came before that has come.
      await writing;
    }
  };
  const passing = pass();
  passing.catch(() => {});
  await Promise.race([passing, failed.promise]);
}

/** Where each of a process's streams goes: to a Web Stream, a sink, or nowhere. */
export interface Targets {
  /** Where stdout goes; with a tty, all output. */
  stdout: "piped" | "null" | Sink;
  /** Where stderr goes. */
  stderr: "piped" | "null" | Sink;
}

/** Where output goes that nothing is said of. */
export const PIPED: Targets = { stdout: "piped", stderr: "piped" };

/**
 * A copy of what is small: as a view it would hold on to all of its buffer while it lies unread. So
 * no two pieces share a buffer, and whoever gets one may hand that to another thread.
 */
function compact(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const small = bytes.length <= bytes.buffer.byteLength / 2;
  return small ? bytes.slice() : bytes as Uint8Array<ArrayBuffer>;
}

/** The size of the next buffer: larger where one was filled, smaller where little of it was. */
function nextSize(size: number, count: number): number {
  if (count > size / 2) return Math.min(size * 4, STREAM_BUFFER_SIZE);
  return count < size / 8 ? Math.max(size / 2, FIRST_BUFFER_SIZE) : size;
}

/** Output as Web Streams; null where a stream goes elsewhere. */
export interface OutputStreams {
  /** What was written to stdout. */
  stdout: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** What was written to stderr. */
  stderr: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/**
 * Output as two streams, or as one with a tty. They are read as fast as both are read from. What a
 * cancelled one would get is dropped.
 */
export function outputStreams(
  read: ReadPayloads,
  tty: boolean,
  targets: Targets = PIPED,
  failed: (error: unknown) => void = () => {},
): OutputStreams {
  type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  const controllers = new Map<Payload["stream"], Controller>();
  let pumping = false;
  let size = FIRST_BUFFER_SIZE;

  const wanted = () => {
    // With nobody left to read, the output is dropped, so that its end is still seen.
    if (controllers.size === 0) return true;
    const sizes = [...controllers.values()].map((controller) => controller.desiredSize ?? 0);
    return sizes.some((size) => size > 0) && sizes.every((size) => size > -STREAM_BUFFER_SIZE);
  };
  const settle = (end: (controller: Controller) => void) => {
    for (const controller of controllers.values()) end(controller);
    controllers.clear();
  };
  const pass = async (stream: Payload["stream"], bytes: Uint8Array<ArrayBuffer>) => {
    const to = tty ? "stdout" : stream;
    const target = targets[to];
    if (typeof target === "object") await target.write(bytes);
    else controllers.get(to)?.enqueue(bytes);
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      while (wanted()) {
        const payloads = await read(new Uint8Array(size));
        if (payloads === null) {
          settle((controller) => controller.close());
          break;
        }
        let count = 0;
        // All of them first: once a piece is passed, its buffer may be taken away.
        const pieces = payloads.map(({ stream, bytes }) => ({ stream, bytes: compact(bytes) }));
        for (const { stream, bytes } of pieces) {
          count += bytes.length;
          await pass(stream, bytes);
        }
        size = nextSize(size, count);
      }
    } catch (error) {
      settle((controller) => controller.error(error));
      failed(error);
    } finally {
      pumping = false;
    }
  };
  const open = (stream: Payload["stream"]) => {
    if (targets[stream] !== "piped") return null;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller): void {
        controllers.set(stream, controller);
      },
      pull(): void {
        // Not returned: a stream must be able to ask again while the other one's wish is served.
        pump();
      },
      cancel(): void {
        controllers.delete(stream);
        pump();
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }));
  };
  const streams = { stdout: open("stdout"), stderr: tty ? null : open("stderr") };
  if (controllers.size === 0) pump();
  return streams;
}
