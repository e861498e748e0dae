/**
 * Whether the line that a session comes back to in the middle of is shown whole.
 *
 * A line is in no log before it has ended. What a process has written of it while nobody was attached is
 * seen when its end has come: then the log has the line, and what was shown of it is compared with that.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import { begunAtEnd, endsWith, LogText, LONGEST_LINE } from "../stream/log_text.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import { occurrences } from "../stream/prefix_function.ts";
import { hasReplaced } from "../stream/replaced.ts";
import { joined } from "./shown_output.ts";

type Stream = Payload["stream"];

const LF = 0x0a;
/** How much of the lines in front of one it is found by, in bytes. */
const CONTEXT = 4096;
/** So much of a line that has no end is compared with its pieces: the log has most of it by then. */
const OPEN_LINE = 2 * LONGEST_LINE;

/** A line that a session was come back to in. */
export interface OpenLine {
  stream: Stream;
  /** The log up to there, in whole lines. */
  log: Uint8Array;
  /** Whether that log begins where the container's output does. */
  whole: boolean;
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

interface Line extends Pick<OpenLine, "stream" | "shown" | "begunBefore"> {
  /** What may be in front of it in a log, of which there are as many places as it has those. */
  contexts: Uint8Array[];
  /** Whether there is nothing in front of it. */
  isFirst: boolean;
  /** What came live of it. */
  since: Uint8Array;
}

/** How far a line is known. */
interface Known {
  /** What was shown, and what came live. */
  all: Uint8Array;
  /** The last piece: what is missing can still be put in front of it. */
  end: Uint8Array;
  /** Whether the output has ended. */
  ended: boolean;
}

/** Compares the first line of each stream's live output with the log. */
export class JointCheck {
  #parts: JointCheckParts;
  #open: Map<Stream, Line>;

  constructor(parts: JointCheckParts) {
    this.#parts = parts;
    this.#open = new Map(parts.lines.map((line) => [line.stream, lineOf(line)]));
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
          passed.push(...this.#settle(line, await this.#look(line, bytes.subarray(0, end))));
        } else {
          line.since = concat([line.since, bytes]);
          if (line.since.length > OPEN_LINE) this.#settle(line, await this.#lookInside(line));
        }
      }
      passed.push(payload);
    }
    return passed;
  }

  /**
   * Looks at the lines at the output's end.
   *
   * @returns tells what is missing of them, and gives it, where that can be done still: it may turn out
   * that the output was cut, and has not ended
   */
  async end(): Promise<() => Payload[]> {
    const looked: [Line, Uint8Array | null][] = [];
    for (const line of this.#open.values()) {
      looked.push([line, await this.#look(line, new Uint8Array(), true)]);
    }
    return () => looked.flatMap(([line, missing]) => this.#settle(line, missing));
  }

  /** A line is known: what is missing in it, or null where its place is gone. */
  #settle({ stream }: Line, missing: Uint8Array | null): Payload[] {
    this.#open.delete(stream);
    // Where the log has U+FFFD, something else may have been written.
    if (missing === null || hasReplaced(missing)) this.#parts.onMissing();
    return missing === null || missing.length === 0 ? [] : [{ stream, bytes: missing }];
  }

  /** What is missing in front of the line's end; null where something is and its place is gone. */
  async #look(line: Line, end: Uint8Array, ended = false): Promise<Uint8Array | null> {
    const before = concat([line.shown, line.since]);
    const known = { all: concat([before, end]), end, ended };
    for (let attempt = 0;; attempt++) {
      const read = await this.#parts.readLog(attempt);
      if (read === null) break;
      const log = new LogText(joined(read.log, line.stream));
      const places = placesOf(line, log, read.whole);
      if (places === undefined) {
        if (hasLine(lineStarts(log.form), log, line, known.all)) return NOTHING;
        if (before.length === 0) break;
        continue;
      }
      const missing = missingAt(places, log, line, known);
      if (missing !== undefined) return missing;
    }
    return before.length === 0 || this.#parts.lenient ? NOTHING : null;
  }

  /** The same of a line that goes on without an end: nothing can be put into it any more. */
  async #lookInside(line: Line): Promise<Uint8Array | null> {
    // The log has no beginning of it that could be compared.
    if (line.begunBefore) return NOTHING;
    const all = concat([line.shown, line.since]);
    // A character that has only begun may be whole in the log.
    const whole = all.subarray(0, all.length - begunAtEnd(all));
    for (let attempt = 0;; attempt++) {
      const read = await this.#parts.readLog(attempt);
      if (read === null) break;
      const log = new LogText(joined(read.log, line.stream));
      const places = placesOf(line, log, read.whole);
      const form = log.formOf(whole);
      const agree = (places ?? lineStarts(log.form)).map((at) => agreeing(log.form, at, form));
      if (agree.some(({ length }) => length > log.lengthOf(line.shown))) return NOTHING;
      // A log that is not whole may begin behind where the line does.
      const isThere = places === undefined ? read.whole : places.length > 0;
      if (isThere && agree.every(({ differs }) => differs)) return null;
    }
    return this.#parts.lenient ? NOTHING : null;
  }
}

const NOTHING = new Uint8Array();

function lineOf({ stream, log, whole, shown, begunBefore }: OpenLine): Line {
  const contexts = [log];
  // Podman's log has what there is of a line as a line of its own.
  const asLine = concat([shown, Uint8Array.of(LF)]);
  if (shown.length > 0 && endsWith(log, asLine)) contexts.push(log.subarray(0, -asLine.length));
  return {
    stream,
    shown,
    begunBefore,
    // Copies: the log is large, and the line may take for ever to end.
    contexts: contexts.map((context) => context.slice(-CONTEXT)).filter(({ length }) => length > 0),
    isFirst: whole && contexts.some(({ length }) => length === 0),
    since: new Uint8Array(),
  };
}

/** Where a log may have a line; undefined where nothing tells. */
function placesOf(
  { contexts, isFirst }: Line,
  log: LogText,
  whole: boolean,
): number[] | undefined {
  if (contexts.length === 0 && !(isFirst && whole)) return undefined;
  const places = contexts.flatMap((context) => {
    // They are lines of a log, of which one may have lost its beginning.
    const [form] = log.formsOfEnd(context);
    return occurrences(log.form, form, Infinity).map((at) => at + form.length);
  });
  return isFirst && whole ? [0, ...places] : places;
}

/** Where a log's lines begin. */
function lineStarts(log: Uint8Array): number[] {
  const starts = [0];
  for (let at = log.indexOf(LF); at !== -1; at = log.indexOf(LF, at + 1)) starts.push(at + 1);
  return starts;
}

/** What is missing of a line that is in one of these places; undefined where the log does not have it yet. */
function missingAt(
  places: readonly number[],
  log: LogText,
  line: Line,
  { all, end, ended }: Known,
): Uint8Array | null | undefined {
  if (hasLine(places, log, line, all)) return NOTHING;
  const enough = ended ? log.lengthOf(all) : Infinity;
  const lines = places.map((at) => ({ at, form: lineAt(log.form, at, enough) }))
    .filter((it) => it.form !== null);
  if (lines.length === 0) return undefined;
  const [{ at, form }, other] = lines;
  // What came live was shown already, and what is missing belongs in front of it.
  const isLate = other !== undefined || line.begunBefore || line.since.length > 0;
  const from = log.lengthOf(line.shown);
  const to = form!.length - log.lengthOf(end);
  if (isLate || to < from || !log.endsWith(form!, end)) return null;
  if (!log.formsOfEnd(line.shown).some((shown) => starts(form!, shown))) return null;
  return log.bytes.slice(log.upTo(at + from), log.upTo(at + to));
}

/** Whether a log has a line in one of these places. */
function hasLine(
  places: readonly number[],
  log: LogText,
  { begunBefore }: Line,
  line: Uint8Array,
): boolean {
  // It may have begun before: then the log has it as an end.
  if (begunBefore) return places.some((at) => log.endsWith(lineAt(log.form, at, 0)!, line));
  const form = log.formOf(line);
  return places.some((at) => readsSo(log.form, at, form));
}

/** A log's line, with its end; or what there is of one without, where that is `enough`. */
function lineAt(log: Uint8Array, at: number, enough: number): Uint8Array | null {
  const end = log.indexOf(LF, at) + 1;
  if (end > 0) return log.subarray(at, end);
  return log.length - at >= enough ? log.subarray(at) : null;
}

/** How far a log agrees with a line from there on, also in pieces, and whether it differs behind that. */
function agreeing(
  log: Uint8Array,
  at: number,
  line: Uint8Array,
): { length: number; differs: boolean; end: number } {
  let length = 0;
  for (; length < line.length && at < log.length; at++) {
    if (log[at] === line[length]) length++;
    else if (log[at] !== LF) return { length, differs: true, end: at };
  }
  return { length, differs: false, end: at };
}

/** Whether a log has a line from there on, also in pieces. */
function readsSo(log: Uint8Array, at: number, line: Uint8Array): boolean {
  const { length, end } = agreeing(log, at, line);
  if (length < line.length) return false;
  // Where no end of it has come, there must be no more of it.
  return line.at(-1) === LF || end >= log.length || log[end] === LF;
}

function starts(whole: Uint8Array, start: Uint8Array): boolean {
  return whole.length >= start.length && start.every((byte, index) => byte === whole[index]);
}
