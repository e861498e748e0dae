/**
 * The last lines of a container's log in front of its live output.
 *
 * The engine's own `logs=1` of an attach leaves a gap between the two. Here the attach is opened
 * first and the log is read after it, so that what falls in between is in both, and then the end of
 * the log that the live output begins with is left out.
 *
 * @module
 */
import { overlapLength } from "../stream/prefix_function.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import type { ReadPayloads } from "./output.ts";

/** How long the live output must be silent before it is taken to hold all that the log does. */
const SETTLE_TIME = 50;
/** How often that is tried while it is not silent. */
const SETTLE_ROUNDS = 10;
/** How much live output is read ahead at the most. */
const MAX_EARLY = 4 * 1024 * 1024;
const BUFFER_SIZE = 64 * 1024;
const LF = 0x0a;

/**
 * Puts the last lines of a log in front of live output.
 *
 * @param read reads the live output, which has begun already
 * @param readLog reads the log; called now
 * @param lines how many lines of the log, at most
 * @returns reads both
 */
export async function withTail(
  read: ReadPayloads,
  readLog: () => Promise<Payload[]>,
  lines: number,
): Promise<ReadPayloads> {
  const live = new EarlyOutput(read);
  const log = await readLog();
  await live.settled();
  const early = live.take();
  const tail = lastLines(withoutOverlap(log, early), lines);
  let first: Payload[] | null = [...tail, ...early];
  return async (buffer) => {
    if (first !== null) {
      const payloads = first;
      first = null;
      return payloads;
    }
    return await live.read(buffer);
  };
}

/** Output that is read ahead, until {@linkcode EarlyOutput.take}. */
class EarlyOutput {
  #read: ReadPayloads;
  #pending: ReturnType<ReadPayloads> | null = null;
  #payloads: Payload[] = [];
  #length = 0;
  #taken = false;

  constructor(read: ReadPayloads) {
    this.#read = read;
    this.#readAhead();
  }

  /** Resolves when no more has come for a moment, or after a while of a flood. */
  async settled(): Promise<void> {
    for (let round = 0, before = -1; round < SETTLE_ROUNDS && before !== this.#length; round++) {
      before = this.#length;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_TIME));
    }
  }

  /** What has come. From now on nothing is read ahead. */
  take(): Payload[] {
    this.#taken = true;
    return this.#payloads;
  }

  /** Reads on, first what is under way already. */
  async read(buffer: Uint8Array): ReturnType<ReadPayloads> {
    const pending = this.#pending ?? this.#read(buffer);
    this.#pending = null;
    return await pending;
  }

  #readAhead(): void {
    this.#pending = this.#read(new Uint8Array(BUFFER_SIZE));
    this.#pending.then((payloads) => {
      // What comes after it was taken, and an end, are for whoever reads.
      if (this.#taken || payloads === null) return;
      this.#payloads.push(...payloads);
      this.#length += payloads.reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (this.#length < MAX_EARLY) this.#readAhead();
      else this.#pending = null;
    }, () => {});
  }
}

/** The log without the end that the live output begins with, for each stream by itself. */
export function withoutOverlap(log: Payload[], live: Payload[]): Payload[] {
  const rest = [...log];
  for (const stream of ["stdout", "stderr"] as const) {
    let cut = overlapLength(joined(log, stream), joined(live, stream));
    for (let index = rest.length - 1; index >= 0 && cut > 0; index--) {
      const payload = rest[index];
      if (payload.stream !== stream) continue;
      const kept = payload.bytes.subarray(0, Math.max(payload.bytes.length - cut, 0));
      cut -= payload.bytes.length - kept.length;
      rest[index] = { stream, bytes: kept };
    }
  }
  return rest.filter(({ bytes }) => bytes.length > 0);
}

/** The end of payloads that holds a number of lines. */
export function lastLines(payloads: Payload[], lines: number): Payload[] {
  const kept: Payload[] = [];
  let left = lines;
  for (let index = payloads.length - 1; index >= 0 && left > 0; index--) {
    const { stream, bytes } = payloads[index];
    let start = bytes.length;
    for (; start > 0 && left > 0; left--) {
      // The line feed at the very end belongs to the line before it.
      start = start < 2 ? 0 : bytes.lastIndexOf(LF, start - 2) + 1;
    }
    kept.unshift({ stream, bytes: bytes.subarray(start) });
  }
  return kept;
}

function joined(payloads: Payload[], stream: Payload["stream"]): Uint8Array {
  const parts = payloads.filter((payload) => payload.stream === stream).map(({ bytes }) => bytes);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
