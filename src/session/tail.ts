/**
 * A container's log in front of its live output: its last lines, or what it has behind what a session
 * before has shown.
 *
 * The engine's own `logs=1` of an attach leaves a gap between the two. Here the log is read before the
 * attach is opened and once more after it. What is in the second one alone was written about then, and
 * the live output begins somewhere in it, or behind it: from there on the log is left out.
 *
 * @module
 */
import { ConnectionError } from "../errors.ts";
import { LogText, LONGEST_LINE } from "../stream/log_text.ts";
import { agreesFrom } from "../stream/prefix_function.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import { hasReplaced } from "../stream/replaced.ts";
import { pause, SYSTEM_TIMERS } from "../stream/timers.ts";
import { EarlyOutput } from "./early_output.ts";
import type { ReadPayloads } from "./output.ts";
import { JointCheck } from "./joint_check.ts";
import { joined, type ShownOutput, wholeLines } from "./shown_output.ts";

/**
 * The pauses, in milliseconds, while the log has news and the live output is not there yet, or the
 * other way about: an engine writes the two one after the other.
 */
const PAUSES = [20, 40, 80, 160, 320, 640];
/** So many lines more are read of the log, and so many times as many whenever it is read again. */
const EXTRA_LINES = 1000;
const MORE = 4;
const LF = 0x0a;

/** Reads so many of a log's last lines; null if it cannot be read. */
export type ReadLog = (lines: number) => Promise<Payload[] | null>;

/** What {@linkcode openTail} works with. */
export interface Tail {
  /** How many lines of the log, at most, where no session before has shown any. */
  lines: number;
  /** Reads the log. */
  readLog: ReadLog;
  /** What was shown by a session before; or is told where this, the first, begins. */
  shown?: ShownOutput;
  /** Whether it is a terminal's. */
  tty?: boolean;
  /** Whether the process may have begun a line already. */
  running?: boolean;
  /** Waits, at most until the signal aborts. */
  pause?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/** Opens the live output behind a log. */
export type OpenLive = (
  read: ReadPayloads,
  /** Tells of an output that is over whether the process has ended, and the connection was not cut. */
  ended: () => Promise<boolean>,
  /** Aborts when nobody reads it any more. */
  signal?: AbortSignal,
) => Promise<ReadPayloads>;

/**
 * Reads the log before an attach is opened.
 *
 * @returns puts the log in front of the live output, once that has begun
 */
export async function openTail(
  {
    lines,
    readLog,
    shown,
    tty = false,
    running = true,
    pause: wait = pauseUntil,
  }: Tail,
): Promise<OpenLive> {
  let wanted = lines + EXTRA_LINES;
  const pick = (log: Payload[], whole: boolean) =>
    shown?.begun ? shown.behind(log, whole) : lastLines(log, lines);
  let before = await readLog(wanted);
  return async (read, ended, signal) => {
    const live = new EarlyOutput(read);
    let log = before && await readLog(wanted);
    let front: Payload[] = [];
    let picked: Payload[] | undefined;
    for (const milliseconds of [...PAUSES, 0]) {
      if (!before || !log) break;
      const known = STREAMS.every((stream) => isKnown(before!, log!, live.payloads, stream));
      front = withoutLive(before, log, live.payloads);
      picked = pick(front, isWhole(log, wanted));
      if (known && picked !== undefined || milliseconds === 0) break;
      await wait(milliseconds, signal);
      log = await readLog(wanted *= MORE);
    }
    const early = live.take();
    const whole = log !== null && isWhole(log, wanted);
    const check = !shown?.begun || picked === undefined ? null : new JointCheck({
      lines: STREAMS.map((stream) => ({
        stream,
        log: wholeLines(joined(front, stream)),
        whole,
        ...shown.lineOf(stream, picked!),
      })),
      readLog: async (attempt) => {
        if (attempt > PAUSES.length) return null;
        if (attempt > 0) {
          wanted *= MORE;
          await wait(PAUSES[attempt - 1], signal);
        }
        if (signal?.aborted) return null;
        const log = await readLog(wanted).catch(whereLost);
        return log && { log, whole: isWhole(log, wanted) };
      },
      lenient: tty,
      onMissing: () => {
        shown.isMissing = true;
        shown.onMissing();
      },
    });
    if (shown?.begun) shown.isMissing = !isComplete(picked);
    else shown?.begin(withoutEnd(front, picked ?? []), whole, running);
    shown?.joinsAfter(picked ?? [], picked !== undefined);
    // They may be large, and the session long.
    before = log = null;
    front = [];
    const readLive = checked((buffer) => live.read(buffer), check, ended);
    let isFirst = true;
    return async (buffer) => {
      if (!isFirst) return await readLive(buffer);
      isFirst = false;
      const first = [...picked ?? [], ...check === null ? early : await check.pass(early)];
      picked = undefined;
      early.length = 0;
      return first;
    };
  };
}

/** A pause that ends early says so by the signal alone. */
function pauseUntil(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return pause(milliseconds, SYSTEM_TIMERS, signal).catch(() => {});
}

/** A log that cannot be read as the connection is lost: that is told by the live output. */
function whereLost(error: unknown): null {
  if (error instanceof ConnectionError) return null;
  throw error;
}

/** Live output, with what is missing in the line that it begins in. */
function checked(
  read: ReadPayloads,
  check: JointCheck | null,
  ended: () => Promise<boolean>,
): ReadPayloads {
  let over = false;
  return async (buffer) => {
    if (over) return null;
    const payloads = await read(buffer);
    if (check === null || check.isOver) return payloads;
    if (payloads !== null) return await check.pass(payloads);
    over = true;
    // At once: the log of a container that is removed at its end is soon gone.
    const looking = check.end();
    looking.catch(() => {});
    // A line that was cut goes on: what is missing in it is seen by the session that comes back.
    if (!await ended()) return null;
    const rest = (await looking)();
    return rest.length > 0 ? rest : null;
  };
}

/** What the log of a container that has ended has behind what was shown. */
export async function logBehind(shown: ShownOutput, readLog: ReadLog): Promise<Payload[]> {
  let picked: Payload[] | undefined;
  for (let wanted = EXTRA_LINES, whole = false; picked === undefined && !whole; wanted *= MORE) {
    const log = await readLog(wanted);
    if (log === null) break;
    whole = isWhole(log, wanted);
    picked = shown.behind(log, whole);
  }
  shown.isMissing = !isComplete(picked);
  return picked ?? [];
}

/** Whether that is what was written: where the log has U+FFFD, it may have been something else. */
function isComplete(picked: readonly Payload[] | undefined): boolean {
  return picked !== undefined && !STREAMS.some((stream) => hasReplaced(joined(picked, stream)));
}

/** Whether a log of at most so many lines is all of it: engines count a long line as several. */
function isWhole(log: readonly Payload[], lines: number): boolean {
  let most = 2;
  for (const { bytes } of log) {
    most += bytes.length / LONGEST_LINE;
    for (const byte of bytes) if (byte === LF) most++;
  }
  return most < lines;
}

/** A log without the lines at its end. */
function withoutEnd(log: readonly Payload[], end: readonly Payload[]): Payload[] {
  const rest = log.slice(0, log.length - end.length);
  const cut = log.at(rest.length);
  if (cut && end.length > 0) {
    rest.push({ ...cut, bytes: cut.bytes.subarray(0, cut.bytes.length - end[0].bytes.length) });
  }
  return rest;
}

const STREAMS = ["stdout", "stderr"] as const;

/** How much of a stream's log the live output has too, or will have; undefined if that is not seen. */
function overlap(
  before: readonly Payload[],
  log: readonly Payload[],
  live: readonly Payload[],
  stream: Payload["stream"],
): number | undefined {
  const news = new LogText(behind(joined(before, stream), joined(log, stream)));
  if (news.bytes.length === 0) return 0;
  const from = news.agreesFrom(joined(live, stream));
  return from === undefined ? undefined : news.bytes.length - news.upTo(from);
}

/** What a log has behind what it had before; either may have lost its beginning. */
function behind(before: Uint8Array, log: Uint8Array): Uint8Array {
  if (before.every((byte, index) => byte === log[index])) return log.subarray(before.length);
  return log.subarray(log.length - agreesFrom(log.toReversed(), before.toReversed()));
}

function isKnown(...args: Parameters<typeof overlap>): boolean {
  return overlap(...args) !== undefined;
}

/** The log without the end that the live output begins with, for each stream by itself. */
function withoutLive(
  before: readonly Payload[],
  log: readonly Payload[],
  live: readonly Payload[],
): Payload[] {
  const rest = [...log];
  for (const stream of STREAMS) {
    let cut = overlap(before, log, live, stream) ?? 0;
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
function lastLines(payloads: Payload[], lines: number): Payload[] {
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
