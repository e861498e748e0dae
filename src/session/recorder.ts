/**
 * Writing recordings.
 *
 * @module
 */
import { DockerptyError, InvalidOptionError, messageOf } from "../errors.ts";
import {
  CAST_EVENT_END,
  castEvent,
  type CastEventCode,
  castEventStart,
  castHeader,
} from "../stream/asciicast.ts";
import { escapeJson, LONGEST_ESCAPE } from "../stream/json_escape.ts";
import { SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";
import type { Winsize } from "../winsize.ts";
import type { RecordOptions } from "./record.ts";
import { cannotRecord, openRecording, removeIfThere } from "./recording_file.ts";

/** A stream of a process's that is recorded. */
export type RecordedStream = "stdin" | "stdout" | "stderr";

/** How long lines that follow another one may wait for more, in milliseconds. */
export const GATHER_TIME = 10;
const CR = 0x0d;
/** How many bytes of them may wait. Linux writes larger pieces no faster. */
const GATHER_BYTES = 128 * 1024;

/**
 * Writes a recording. A line is written at once, and those that follow it closely together, after
 * {@linkcode GATHER_TIME}: in a flood that is three times as fast. No line is ever written in part.
 */
export class Recorder {
  #path: string;
  #file: Deno.FsFile;
  /** Whether the file was not there before. */
  #isNew: boolean;
  #options: RecordOptions;
  #now: () => number;
  #timers: Timers;
  /** When it began; null before that. */
  #start: number | null = null;
  /** The time of the last event, in seconds. */
  #last = 0;
  #encoder = new TextEncoder();
  /** Lines, as far as they are {@linkcode #gathered}. */
  #lines = new Uint8Array(4096);
  /** How many bytes wait to be written. */
  #gathered = 0;
  /** The event that those are in the middle of: what comes within the same millisecond is one. */
  #open: { code: CastEventCode; time: number } | null = null;
  /** How many bytes were written, all of them in whole lines. */
  #written = 0;
  /** Runs while what comes waits for more. */
  #timer: unknown;
  /** What the file said; nothing is recorded any more then. */
  #failure: DockerptyError | null = null;
  /** Is told of a file that cannot be written where nobody has just asked for that. */
  onFailure: (error: DockerptyError) => void = () => {};
  #characters: Record<RecordedStream, Characters> = {
    stdin: new Characters(),
    stdout: new Characters(),
    stderr: new Characters(),
  };
  #closed = false;

  /** Opens the file. One that is to be replaced is as it was until there is something to record. */
  constructor(path: string, options: RecordOptions, timers: Timers = SYSTEM_TIMERS) {
    this.#path = path;
    this.#timers = timers;
    [this.#file, this.#isNew] = openRecording(path, options.force ?? false);
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Begins, once, at a terminal of this size where the options tell no other. */
  begin(known: Readonly<Winsize> | null = null): void {
    if (this.#start !== null || this.#closed) return;
    const { size = known ?? { rows: 24, columns: 80 }, command } = this.#options;
    const start = this.#now();
    if (!Number.isFinite(start)) {
      throw new InvalidOptionError(`invalid now: it returns ${start}, and no time in milliseconds`);
    }
    this.#start = start;
    try {
      // A device or a pipe has nothing to be replaced.
      if (!this.#isNew && this.#file.statSync().isFile) this.#file.truncateSync();
    } catch (error) {
      this.#closed = true;
      this.#file.close();
      throw cannotRecord(this.#path, error);
    }
    this.#write(castHeader({ size, timestamp: this.#start / 1000, command }));
    // What comes first does not wait.
    this.#clearTimer();
  }

  /**
   * Records bytes; a character that is cut in two waits for its rest. Where no terminal has put
   * carriage returns before the line feeds, `bare`, they are added: a player needs them.
   */
  bytes(stream: RecordedStream, bytes: Uint8Array, bare = false): void {
    if (!this.#characters[stream].isWhole || !this.#data(stream, bytes, { bare, ascii: true })) {
      this.#data(stream, this.#characters[stream].of(bytes), { bare, ascii: false });
    }
  }

  /**
   * Writes what waits.
   *
   * @throws {DockerptyError} if that, or what was before it, cannot be written
   */
  flush(): void {
    this.#requireSound();
    if (this.#gathered > 0) this.#writeGathered();
  }

  /** Records an event, with the time. */
  event(code: CastEventCode, data: string): void {
    if (this.#begun()) this.#write(castEvent(this.#time(), code, data));
  }

  /**
   * Ends the recording, once. What is left of a character that was cut is in it, as such. A file that was
   * made for one that has not begun is removed.
   *
   * @throws {DockerptyError} if what was left to be written cannot be
   */
  close(): void {
    this.#clearTimer();
    if (this.#closed) return;
    try {
      for (const stream of ["stdin", "stdout", "stderr"] as const) {
        this.#data(stream, this.#characters[stream].rest(), { bare: false, ascii: false });
      }
      this.#writeGathered();
    } finally {
      this.#clearTimer();
      // What cannot be written any more has closed the file.
      const wasOpen = !this.#closed;
      this.#closed = true;
      if (wasOpen) this.#file.close();
      if (this.#start === null && this.#isNew) removeIfThere(this.#path);
    }
  }

  /** Whether there is something to write to, with the header in it. */
  #begun(): boolean {
    this.begin();
    this.#requireSound();
    return !this.#closed;
  }

  /** Throws what the file has said. */
  #requireSound(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The time of an event, in seconds. */
  #time(): number {
    // The system's clock may be set back in between.
    const time = (this.#now() - this.#start!) / 1000;
    // Nor is a program's own clock to put into the file what is no number.
    if (time > this.#last && time < Infinity) this.#last = time;
    return this.#last;
  }

  /** Records UTF-8; false, and nothing, where that had to be ASCII and is not. */
  #data(
    stream: RecordedStream,
    bytes: Uint8Array,
    { bare, ascii }: { bare: boolean; ascii: boolean },
  ): boolean {
    if (bytes.length === 0 || !this.#begun()) return true;
    const code = stream === "stdin" ? "i" : "o";
    const time = this.#time();
    if (this.#open?.code !== code || this.#open.time !== time) this.#endEvent();
    const start = this.#open === null ? castEventStart(time, code) : "";
    this.#reserve(start.length + LONGEST_ESCAPE * bytes.length + CAST_EVENT_END.length);
    const begin = this.#encode(start, this.#gathered);
    const escaped = escapeJson(bytes, this.#lines.subarray(begin), {
      carriageReturns: bare,
      afterCarriageReturn: this.#characters[stream].isAtCarriageReturn,
      ascii,
    });
    if (escaped < 0) return false;
    this.#characters[stream].isAtCarriageReturn = bytes[bytes.length - 1] === CR;
    this.#open = { code, time };
    this.#gather(begin + escaped);
    return true;
  }

  #write(line: string): void {
    this.#endEvent();
    this.#reserve(3 * line.length);
    this.#gather(this.#encode(line, this.#gathered));
  }

  /** Ends the line that has begun; room for that was made with its data. */
  #endEvent(): void {
    if (this.#open !== null) this.#gathered = this.#encode(CAST_EVENT_END, this.#gathered);
    this.#open = null;
  }

  /** Puts a text among the lines, from this byte on; returns where it ends. */
  #encode(text: string, from: number): number {
    // Several times as fast as to let the encoder make a new array.
    return from + this.#encoder.encodeInto(text, this.#lines.subarray(from)).written;
  }

  /** Makes room for this many bytes behind those that wait. */
  #reserve(length: number): void {
    const wanted = this.#gathered + length;
    if (this.#lines.length >= wanted) return;
    const lines = new Uint8Array(2 * wanted);
    lines.set(this.#lines.subarray(0, this.#gathered));
    this.#lines = lines;
  }

  /** Has the lines up to here written: now, or with those that follow. */
  #gather(end: number): void {
    this.#gathered = end;
    if (this.#timer !== undefined && end < GATHER_BYTES) return;
    this.#writeGathered();
    this.#timer ??= this.#timers.set(() => this.#gatheredLong(), GATHER_TIME);
  }

  #clearTimer(): void {
    this.#timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #gatheredLong(): void {
    this.#timer = undefined;
    if (this.#gathered === 0) return;
    try {
      this.#gather(this.#gathered);
    } catch (error) {
      this.onFailure(error as DockerptyError);
    }
  }

  /** Writes all lines that wait in one piece, so that one that is broken off in the middle is the rarest thing. */
  #writeGathered(): void {
    this.#endEvent();
    const length = this.#gathered;
    this.#gathered = 0;
    try {
      for (let written = 0; written < length;) {
        written += this.#file.writeSync(this.#lines.subarray(written, length));
      }
      this.#written += length;
    } catch (error) {
      this.#closed = true;
      this.#clearTimer();
      this.#cutToLines();
      this.#file.close();
      throw this.#failure = new DockerptyError(
        `cannot record to ${this.#path}: ${messageOf(error)}; the process in the container may ` +
          "still be running",
        { cause: error },
      );
    }
  }

  /** Takes back what a disk still had room for of those lines: the last one is in parts. */
  #cutToLines(): void {
    try {
      if (this.#file.statSync().isFile) this.#file.truncateSync(this.#written);
    } catch {
      // What was wrong first is told.
    }
  }
}

/** The characters of a stream that is not ASCII alone, whole, and with U+FFFD for what is none. */
class Characters {
  // A byte order mark is one of the bytes that passed: nothing is left out.
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #encoder = new TextEncoder();
  /** Whether no character waits for its rest. */
  isWhole = true;
  /** Whether the last one was a carriage return. */
  isAtCarriageReturn = false;

  /** What is whole by now. */
  of(bytes: Uint8Array): Uint8Array {
    // One that is cut, or might be.
    if (bytes.length > 0) this.isWhole = bytes[bytes.length - 1] < 0x80;
    return this.#encoder.encode(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left of one that was cut. */
  rest(): Uint8Array {
    return this.#encoder.encode(this.#decoder.decode());
  }
}
