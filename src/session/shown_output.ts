/**
 * What was shown of a container's output, and what its log has behind that.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import { occurrences } from "../stream/prefix_function.ts";
import type { Sink } from "./session.ts";

type Stream = Payload["stream"];

/** How much of each stream is kept, at least. */
const KEPT = 64 * 1024;
const LF = 0x0a;
const STREAMS = ["stdout", "stderr"] as const;

/** What was shown of a container's output, as far as it takes to find its place in the log again. */
export class ShownOutput {
  #ends: Record<Stream, Uint8Array> = { stdout: new Uint8Array(), stderr: new Uint8Array() };
  #totals: Record<Stream, number> = { stdout: 0, stderr: 0 };
  #begun = false;
  /** Whether all of the log is in front of what was shown, or is that. */
  #whole = false;
  /** Whether something was written, or may have been, that the last session does not show. */
  isMissing = false;
  /** Whether the last session is one with a container that had ended. */
  isOver = false;

  /** Whether there was a session before. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * The first session begins, behind this log.
   *
   * @param whole whether the log begins where the container's output does
   */
  begin(log: readonly Payload[], whole: boolean): void {
    this.#begun = true;
    this.#whole = whole;
    for (const payload of log) this.add(payload);
  }

  /** Something was shown. */
  add({ stream, bytes }: Payload): void {
    const before = this.#ends[stream];
    const kept = before.subarray(Math.max(before.length + bytes.length - KEPT, 0));
    this.#ends[stream] = concat([kept, bytes.subarray(-KEPT)]);
    this.#totals[stream] += bytes.length;
  }

  /** Sinks that keep the end of what they pass on. */
  through(sinks: Record<Stream, Sink>): Record<Stream, Sink> {
    const sink = (stream: Stream): Sink => ({
      write: (bytes) => {
        this.add({ stream, bytes });
        return sinks[stream].write(bytes);
      },
    });
    return { stdout: sink("stdout"), stderr: sink("stderr") };
  }

  /**
   * What a log has behind what was shown.
   *
   * @param whole whether the log begins where the container's output does
   * @returns undefined if it is not seen for sure where that is
   */
  behind(log: readonly Payload[], whole: boolean): Payload[] | undefined {
    const rest = new Map<Stream, number>();
    for (const stream of STREAMS) {
      const place = this.#placeIn(joined(log, stream), stream, whole);
      if (place === undefined) return undefined;
      rest.set(stream, place);
    }
    return log.map(({ stream, bytes }) => {
      const skipped = Math.min(rest.get(stream)!, bytes.length);
      rest.set(stream, rest.get(stream)! - skipped);
      return { stream, bytes: bytes.subarray(skipped) };
    }).filter(({ bytes }) => bytes.length > 0);
  }

  #placeIn(log: Uint8Array, stream: Stream, whole: boolean): number | undefined {
    const end = this.#ends[stream];
    const total = this.#totals[stream];
    // A line that has only begun is in no log yet.
    const lines = end.subarray(0, end.lastIndexOf(LF) + 1);
    if (whole && this.#whole) {
      if (equal(log.subarray(total - end.length, total), end)) return total;
      if (total - end.length + lines.length === log.length && endsWith(log, lines)) {
        return log.length;
      }
    }
    if (log.length === 0 && lines.length === 0) return 0;
    if (end.length === 0) return undefined;
    const [place, other] = occurrences(log, end, 2);
    if (place !== undefined) return other === undefined ? place + end.length : undefined;
    return lines.length > 0 && endsWith(log, lines) ? log.length : undefined;
  }
}

/** The bytes of one stream. */
export function joined(payloads: readonly Payload[], stream: Stream): Uint8Array {
  return concat(payloads.filter((payload) => payload.stream === stream).map(({ bytes }) => bytes));
}

function equal(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  return whole.length >= end.length && equal(whole.subarray(whole.length - end.length), end);
}
