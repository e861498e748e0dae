/**
 * What was shown of a container's output, and what its log has behind that.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import { endsWith, LogText } from "../stream/log_text.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import { occurrences } from "../stream/prefix_function.ts";
import type { Sink } from "./session.ts";
import { KEPT, TextEnd } from "./text_end.ts";

type Stream = Payload["stream"];

const LF = 0x0a;
const STREAMS = ["stdout", "stderr"] as const;

/**
 * A place in what was shown where something may be missing: a line that had begun when a session was
 * opened is in no log yet, and what was written of it before is not shown.
 */
interface Joint {
  /** The end of what was shown in front of it; null where that is not what the log has there. */
  before: TextEnd | null;
  /** What was shown since. */
  since: TextEnd;
}

/** What was shown of a container's output, as far as it takes to find its place in the log again. */
export class ShownOutput {
  #ends: Record<Stream, TextEnd> = { stdout: new TextEnd(), stderr: new TextEnd() };
  /** The last joint of each; null where there is none near the end. */
  #joints: Record<Stream, Joint | null> = { stdout: null, stderr: null };
  /** The joint that is to come behind so many bytes. */
  #toJoint: Record<Stream, { left: number; known: boolean } | null> = {
    stdout: null,
    stderr: null,
  };
  /** What the log has up to the place that was found last, where that is not all that was shown. */
  #inLog: Record<Stream, { end: TextEnd; total?: number } | null> = {
    stdout: null,
    stderr: null,
  };
  #begun = false;
  /** Whether all of the log is in front of what was shown, or is that. */
  #whole = false;
  /** Whether something was written, or may have been, that the last session does not show. */
  isMissing = false;
  /** Whether the last session is one with a container that had ended. */
  isOver = false;

  /** Is told that something is missing that was taken for shown; what it throws ends the session. */
  onMissing: () => void = () => {};
  /** What was shown of the lines that have not ended. */
  #lines: Record<Stream, Uint8Array> = { stdout: new Uint8Array(), stderr: new Uint8Array() };
  /** Whether those may have begun before anything was shown. */
  #begunBefore: Record<Stream, boolean> = { stdout: false, stderr: false };
  /** When the process was started whose output this is, as the engine tells it. */
  startedAt: string | undefined;

  /** Whether there was a session before. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * The first session begins, behind this log.
   *
   * @param whole whether the log begins where the container's output does
   * @param running whether the process may have begun a line already
   */
  begin(log: readonly Payload[], whole: boolean, running = false): void {
    this.#begun = true;
    this.#whole = whole;
    for (const payload of log) this.add(payload);
    this.#begunBefore = { stdout: running, stderr: running };
  }

  /** What was shown of a line that has not ended, if `rest` is shown now. */
  lineOf(
    stream: Stream,
    rest: readonly Payload[],
  ): { shown: Uint8Array; begunBefore: boolean } {
    const more = joined(rest, stream);
    const shown = lastLine(this.#lines[stream], more);
    const begun = this.#begunBefore[stream] && !more.includes(LF);
    // Of a longer one there is the end alone.
    return { shown, begunBefore: begun || shown.length >= KEPT };
  }

  /**
   * A session was opened: when this much more is shown, out of the log, what comes live follows.
   *
   * @param known whether it is known where in the log that was; else something is missing in front of it
   */
  joinsAfter(rest: readonly Payload[], known: boolean): void {
    if (!known) this.#whole = false;
    for (const stream of STREAMS) {
      const left = rest.reduce((sum, { stream: its, bytes }) => {
        return its === stream ? sum + bytes.length : sum;
      }, 0);
      const inLog = known ? this.#inLog[stream] : null;
      if (inLog !== null) {
        const { end: { bytes, column }, total = this.#ends[stream].total } = inLog;
        this.#ends[stream] = new TextEnd(bytes, column, total);
        this.#joints[stream] = null;
      }
      this.#inLog[stream] = null;
      this.#toJoint[stream] = { left, known };
      this.#keep(stream, new Uint8Array());
    }
  }

  /** Something was shown. */
  add({ stream, bytes }: Payload): void {
    this.#lines[stream] = lastLine(this.#lines[stream], bytes);
    if (bytes.includes(LF)) this.#begunBefore[stream] = false;
    const left = this.#toJoint[stream]?.left ?? 0;
    if (left > 0) this.#keep(stream, bytes.subarray(0, left));
    this.#keep(stream, bytes.subarray(left));
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

  /** Keeps the end of what is shown; not across the joint that is to come. */
  #keep(stream: Stream, bytes: Uint8Array): void {
    this.#ends[stream] = this.#ends[stream].with(bytes);
    const joint = this.#joints[stream];
    if (joint !== null) {
      joint.since = joint.since.with(bytes);
      // All that is kept is behind it.
      if (joint.since.bytes.length === KEPT) this.#joints[stream] = null;
    }
    const next = this.#toJoint[stream];
    if (next === null) return;
    next.left -= bytes.length;
    if (next.left > 0) return;
    this.#toJoint[stream] = null;
    const before = next.known ? this.#ends[stream] : null;
    this.#joints[stream] = { before, since: new TextEnd() };
  }

  #placeIn(bytes: Uint8Array, stream: Stream, whole: boolean): number | undefined {
    this.#inLog[stream] = null;
    const log = new LogText(bytes);
    const isWhole = whole && this.#whole;
    const found = this.#find(log, stream, isWhole);
    if (found === undefined) return undefined;
    const upTo = log.upTo(found.place);
    // The log is what all that is shown from now on goes on from, whatever was not shown of it.
    if (!found.isShown) {
      const end = new TextEnd().with(bytes.subarray(0, upTo));
      this.#inLog[stream] = { end, total: isWhole ? found.place : undefined };
    }
    return upTo;
  }

  /** The place behind what was shown, and whether that is all that the log has up to there. */
  #find(
    log: LogText,
    stream: Stream,
    whole: boolean,
  ): { place: number; isShown: boolean } | undefined {
    const { form } = log;
    const { total, bytes } = this.#ends[stream];
    const ends = formsOf(this.#ends[stream], log);
    const lines = wholeLines(ends[0]);
    const joint = this.#joints[stream];
    // What was shown of a line that had begun before looks like its beginning where it repeats itself.
    const inLine = joint !== null && joint.since.bytes.length > 0 &&
      !joint.since.bytes.includes(LF);
    if (whole) {
      const isThere = (end: Uint8Array) => equal(form.subarray(total - end.length, total), end);
      if (!inLine && ends.some(isThere)) return { place: total, isShown: true };
      if (total - ends[0].length + lines.length === form.length && endsWith(form, lines)) {
        return { place: form.length, isShown: true };
      }
    }
    if (form.length === 0 && !bytes.includes(LF)) return { place: 0, isShown: true };
    const place = (inLine ? undefined : placeOf(ends, form)) ??
      (joint === null ? undefined : placeBehind(joint, log, whole));
    return place === undefined ? undefined : { place, isShown: false };
  }
}

/** The forms that the end of a text may have in a log. */
function formsOf({ bytes, column }: TextEnd, log: LogText): Uint8Array[] {
  return log.formsOfEnd(bytes, column);
}

/** The place in a log behind what was shown since a joint, where the line may have begun before it. */
function placeBehind(
  { before, since }: Joint,
  log: LogText,
  whole: boolean,
): number | undefined {
  const { form } = log;
  const shown = formsOf(since, log);
  if (since.bytes.includes(LF)) return placeOf(shown, form);
  if (before === null) return undefined;
  const place = before.bytes.length > 0
    ? placeOf(formsOf(before, log), form)
    : whole
    ? 0
    : undefined;
  if (place === undefined || place === form.length || since.bytes.length === 0) return place;
  const line = form.subarray(place, form.indexOf(LF, place) + 1 || undefined);
  const places = placesBehind(shown, line);
  return places.length === 1 ? place + places[0] : undefined;
}

/**
 * The place in a log behind a text that was shown, in any of its forms; undefined where it is not seen
 * for sure. A line of it that has only begun may be there by now, or not yet.
 */
function placeOf(forms: readonly Uint8Array[], log: Uint8Array): number | undefined {
  const lines = wholeLines(forms[0]);
  if (lines.length === 0) return undefined;
  const places = new Set(placesBehind(forms, log));
  if (endsWith(log, lines)) places.add(log.length);
  return places.size === 1 ? [...places][0] : undefined;
}

/** The first places behind texts. */
function placesBehind(texts: readonly Uint8Array[], log: Uint8Array): number[] {
  return texts.flatMap((text) => occurrences(log, text, 2).map((at) => at + text.length));
}

/** What there is of the line that more of was shown. */
function lastLine(line: Uint8Array, bytes: Uint8Array): Uint8Array {
  const at = bytes.lastIndexOf(LF);
  // A copy: what was shown is in a buffer that is used again.
  return at === -1 ? ended(line, bytes) : bytes.slice(at + 1);
}

/** A text without the line that has only begun. */
export function wholeLines(text: Uint8Array): Uint8Array {
  return text.subarray(0, text.lastIndexOf(LF) + 1);
}

/** The end of a text that more was put to, as much as is kept. */
function ended(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return before;
  const kept = before.subarray(Math.max(before.length + bytes.length - KEPT, 0));
  return concat([kept, bytes.subarray(-KEPT)]);
}

/** The bytes of one stream. */
export function joined(payloads: readonly Payload[], stream: Stream): Uint8Array {
  return concat(payloads.filter((payload) => payload.stream === stream).map(({ bytes }) => bytes));
}

function equal(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}
