/**
 * The output of a hijacked connection as Web Streams.
 *
 * @module
 */
import type { Payload } from "../stream/multiplexed_stream.ts";
import type { ReadPayloads } from "./output.ts";
import type { Sink } from "./session.ts";
import type { Stall, StallWatch } from "./stall_watch.ts";

/**
 * The size of the pieces that {@linkcode outputStreams} hands out, at most. Larger ones are no faster,
 * and what V8 has not collected yet takes more memory.
 */
const STREAM_BUFFER_SIZE = 64 * 1024;
/** The size of the first one: of hundreds of sessions most wait, each with such a buffer. */
const FIRST_BUFFER_SIZE = 2 * 1024;
/** How much of a stream may lie unread. */
const HIGH_WATER_MARK = 256 * 1024;

const NOTHING = new Uint8Array();

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

/** How many bytes payloads have. */
function lengthOf(payloads: readonly Payload[]): number {
  return payloads.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/**
 * Gives a reader that waits with a buffer of its own what goes into that. What is left is queued at
 * once, before anything that comes behind it.
 *
 * @returns whether there is such a reader: nothing is left to be passed on then
 */
function fill(controller: ReadableByteStreamController, bytes: Uint8Array): boolean {
  const request = controller.byobRequest;
  const view = request?.view;
  if (!request || !view || bytes.length === 0) return false;
  const count = Math.min(bytes.length, view.byteLength);
  new Uint8Array(view.buffer, view.byteOffset, count).set(bytes.subarray(0, count));
  request.respond(count);
  if (count < bytes.length) controller.enqueue(bytes.slice(count));
  return true;
}

/** Ends a stream, also for a reader that waits with a buffer of its own. */
function close(controller: ReadableByteStreamController): void {
  controller.close();
  controller.byobRequest?.respond(0);
}

/** Output as Web Streams; null where a stream goes elsewhere. */
export interface OutputStreams {
  /** What was written to stdout. */
  stdout: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** What was written to stderr. */
  stderr: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** The connection is closed: whoever waits for more is told so, also where nothing is read for now. */
  left(): void;
}

/**
 * Output as two streams, or as one with a tty. They are read as fast as both are read from. What a
 * cancelled one would get is dropped.
 *
 * @param failed is told what ends them, where that is an error
 * @param watch is told when one of them has to wait for the other
 */
export function outputStreams(
  read: ReadPayloads,
  tty: boolean,
  targets: Targets = PIPED,
  failed: (error: unknown) => void = () => {},
  watch?: StallWatch,
): OutputStreams {
  const controllers = new Map<Payload["stream"], ReadableByteStreamController>();
  let pumping = false;
  let left = false;
  let buffer = new Uint8Array(FIRST_BUFFER_SIZE);

  const wanted = () => {
    // With nobody left to read, the output is dropped, so that its end is still seen.
    if (controllers.size === 0 || left) return true;
    const sizes = [...controllers.values()].map((controller) => controller.desiredSize ?? 0);
    return sizes.some((size) => size > 0) && sizes.every((size) => size > -STREAM_BUFFER_SIZE);
  };
  const stall = (): Stall | null => {
    const open = [...controllers].map(([name, { desiredSize }]) => {
      return { name, locked: streams[name]!.locked, space: desiredSize ?? 0 };
    });
    const full = open.find(({ space }) => space <= 0)?.name;
    if (full === undefined) return null;
    // A reader that has taken all there was waits for more. What is full may be locked, too: by a pipe
    // that nobody reads at its other end.
    const waiting = open.find(({ locked, space }) => locked && space === HIGH_WATER_MARK)?.name;
    if (waiting !== undefined) return { full, waiting };
    // One who reads may take their time.
    if (open.some(({ locked }) => locked)) return null;
    return { full, waiting: watch?.waits ?? null };
  };
  const settle = (end: (controller: ReadableByteStreamController) => void) => {
    for (const controller of controllers.values()) {
      try {
        end(controller);
      } catch {
        // A reader's own, with a view that the last bytes do not fill: it has been told, and no other is.
      }
    }
    controllers.clear();
  };
  const piece = ({ stream, bytes }: Payload) => {
    const to = tty ? "stdout" : stream;
    const controller = controllers.get(to);
    return { to, bytes: controller && fill(controller, bytes) ? NOTHING : compact(bytes) };
  };
  const pass = async (to: Payload["stream"], bytes: Uint8Array<ArrayBuffer>) => {
    const target = targets[to];
    if (typeof target === "object") await target.write(bytes);
    else controllers.get(to)?.enqueue(bytes);
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      while (wanted()) {
        watch?.goesOn();
        const payloads = await read(buffer);
        if (payloads === null) {
          settle(close);
          break;
        }
        const used = buffer;
        const size = nextSize(used.length, lengthOf(payloads));
        // All of them first: once a piece is passed, its buffer may be taken away.
        const pieces = payloads.map(piece).filter(({ bytes }) => bytes.length > 0);
        const kept = pieces.every(({ bytes }) => bytes.buffer !== used.buffer);
        if (!kept || size !== used.length) buffer = new Uint8Array(size);
        for (const { to, bytes } of pieces) await pass(to, bytes);
      }
    } catch (error) {
      settle((controller) => controller.error(error));
      failed(error);
    } finally {
      pumping = false;
    }
    watch?.halted(stall);
  };
  const open = (stream: Payload["stream"]) => {
    if (targets[stream] !== "piped") return null;
    return new ReadableStream({
      type: "bytes",
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
    }, { highWaterMark: HIGH_WATER_MARK });
  };
  const streams: OutputStreams = {
    stdout: open("stdout"),
    stderr: tty ? null : open("stderr"),
    left(): void {
      left = true;
      // A read that is under way comes to the end by itself.
      if (controllers.size > 0) pump();
    },
  };
  if (controllers.size === 0) pump();
  return streams;
}
