/**
 * Whether the line that a session comes back to in the middle of is shown whole.
 *
 * A line is in no log before it has ended. What a process has written of it while nobody was attached is
 * seen when its end has come: then the log has the line, and what was shown of it is compared with that.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import { occurrences } from "../stream/prefix_function.ts";
import { endsWith, joined } from "./shown_output.ts";

type Stream = Payload["stream"];

const LF = 0x0a;
/** How much of the lines in front of one it is found by, in bytes. */
const CONTEXT = 4096;
/** A line that is longer is in the log in pieces. */
export const LONGEST_LINE = 16 * 1024;
/** So many places are looked at where the lines in front of it repeat themselves. */
const MOST_PLACES = 100;

/** A line that a session was come back to in. */
export interface OpenLine {
  stream: Stream;
  /** The log up to there, in whole lines. */
  log: Uint8Array;
  /** What was shown of the line. */
  shown: Uint8Array;
  /** Whether it had begun before anything was shown at all. */
  begunBefore: boolean;
}

/** What a {@linkcode JointCheck} works with. */
export interface JointCheckParts {
  lines: readonly OpenLine[];
  /**
   * Reads the log, again with each call after a pause: an engine may write it later than the live output.
   * Null if it cannot be read, or there was time enough.
   */
  readLog: (attempt: number) => Promise<{ log: readonly Payload[]; whole: boolean } | null>;
  /** Whether a line is taken for whole that cannot be looked at: a terminal's, which somebody sees. */
  lenient: boolean;
  /** Is told that something of a line is missing. What it throws is thrown on. */
  onMissing: () => void;
}

interface Line extends OpenLine {
  /** What came live of it. */
  since: Uint8Array;
}

/** Compares the first line of each stream's live output with the log. */
export class JointCheck {
  #parts: JointCheckParts;
  #open: Map<Stream, Line>;

  constructor(parts: JointCheckParts) {
    this.#parts = parts;
    this.#open = new Map(
      parts.lines.map((line) => [line.stream, { ...line, since: new Uint8Array() }]),
    );
  }

  /** Whether there is nothing to look at any more. */
  get isOver(): boolean {
    return this.#open.size === 0;
  }

  /** Passes live output on, with what is missing in it where that can be put there still. */
  async pass(payloads: readonly Payload[]): Promise<Payload[]> {
    const passed: Payload[] = [];
    for (const payload of payloads) {
      const { stream, bytes } = payload;
      const line = this.#open.get(stream);
      if (line !== undefined) {
        const end = bytes.indexOf(LF) + 1;
        if (end > 0) {
          await this.#settle(line, bytes.subarray(0, end), passed);
        } else {
          line.since = concat([line.since, bytes]);
          if (line.since.length > LONGEST_LINE) this.#missing(line);
        }
      }
      passed.push(payload);
    }
    return passed;
  }

  /** What is missing at the output's end, where that can be told still. */
  async end(): Promise<Payload[]> {
    const rest: Payload[] = [];
    for (const line of this.#open.values()) await this.#settle(line, new Uint8Array(), rest);
    return rest;
  }

  async #settle(line: Line, end: Uint8Array, passed: Payload[]): Promise<void> {
    const missing = await this.#look(line, end);
    if (missing === null) return this.#missing(line);
    this.#open.delete(line.stream);
    if (missing.length > 0) passed.push({ stream: line.stream, bytes: missing });
  }

  #missing(line: Line): void {
    this.#open.delete(line.stream);
    this.#parts.onMissing();
  }

  /** What is missing in front of the line's end; null where something is and its place is gone. */
  async #look(line: Line, end: Uint8Array): Promise<Uint8Array | null> {
    const before = concat([line.shown, line.since]);
    const whole = concat([before, end]);
    for (let attempt = 0;; attempt++) {
      const read = await this.#parts.readLog(attempt);
      if (read === null) break;
      const log = joined(read.log, line.stream);
      const places = placesOf(line, log, read.whole);
      if (places.some((at) => readsSo(log, at, whole, line.begunBefore))) return new Uint8Array();
      const lines = places.map((at) => lineAt(log, at, end.length === 0)).filter((it) =>
        it !== null
      );
      if (lines.length === 0) continue;
      const [only, other] = lines;
      // What came live was shown already, and what is missing belongs in front of it.
      const isLate = other !== undefined || line.begunBefore || line.since.length > 0;
      const from = line.shown.length;
      const to = only.length - end.length;
      if (isLate || to < from || !starts(only, line.shown) || !endsWith(only, end)) {
        return null;
      }
      return only.slice(from, to);
    }
    return before.length === 0 || this.#parts.lenient ? new Uint8Array() : null;
  }
}

/** Where a log has a line: behind those in front of it. */
function placesOf({ log: before, shown }: Line, log: Uint8Array, whole: boolean): number[] {
  const behind = (context: Uint8Array) => {
    if (context.length === 0) return whole ? [0] : [];
    const end = context.subarray(-CONTEXT);
    return occurrences(log, end, MOST_PLACES).map((at) => at + end.length);
  };
  const places = behind(before);
  // Podman's log has what there is of a line as a line of its own.
  const asLine = concat([shown, Uint8Array.of(LF)]);
  if (shown.length > 0 && endsWith(before, asLine)) {
    places.push(...behind(before.subarray(0, -asLine.length)));
  }
  return places;
}

/** A log's line, with its end; or what there is of it, where the output has `ended`. */
function lineAt(log: Uint8Array, at: number, ended: boolean): Uint8Array | null {
  const end = log.indexOf(LF, at) + 1;
  return end > 0 ? log.subarray(at, end) : ended ? log.subarray(at) : null;
}

/** Whether a log has a line from there on, also in pieces; or its end, where it may have begun before. */
function readsSo(log: Uint8Array, at: number, line: Uint8Array, begunBefore: boolean): boolean {
  if (begunBefore) return endsWith(lineAt(log, at, true)!, line);
  let index = 0;
  for (; index < line.length && at < log.length; at++) {
    if (log[at] === line[index]) index++;
    else if (log[at] !== LF) return false;
  }
  if (index < line.length) return false;
  // Where no end of it has come, there must be no more of it.
  return line.at(-1) === LF || at >= log.length || log[at] === LF;
}

function starts(whole: Uint8Array, start: Uint8Array): boolean {
  return whole.length >= start.length && start.every((byte, index) => byte === whole[index]);
}
