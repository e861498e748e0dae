/**
 * Writing recordings.
 *
 * @module
 */
import { DockerptyError, messageOf } from "../errors.ts";
import { castEvent, type CastEventCode, castHeader } from "../stream/asciicast.ts";
import type { Winsize } from "../winsize.ts";
import type { RecordOptions } from "./record.ts";

/** A stream of a process's that is recorded. */
export type RecordedStream = "stdin" | "stdout" | "stderr";

/** Writes a recording. */
export class Recorder {
  #path: string;
  #file: Deno.FsFile;
  /** Whether the file was not there before. */
  #isNew: boolean;
  #options: RecordOptions;
  #now: () => number;
  /** When it began; null before that. */
  #start: number | null = null;
  /** The time of the last event, in seconds. */
  #last = 0;
  #encoder = new TextEncoder();
  #buffer = new Uint8Array(4096);
  #decoders: Record<RecordedStream, TextDecoder> = {
    stdin: decoder(),
    stdout: decoder(),
    stderr: decoder(),
  };
  #closed = false;

  /** Opens the file. One that is to be replaced is as it was until there is something to record. */
  constructor(path: string, options: RecordOptions) {
    this.#path = path;
    [this.#file, this.#isNew] = open(path, options.force ?? false);
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Begins, once, at a terminal of this size where the options tell no other. */
  begin(known: Readonly<Winsize> | null = null): void {
    if (this.#start !== null || this.#closed) return;
    const { size = known ?? { rows: 24, columns: 80 }, command } = this.#options;
    this.#start = this.#now();
    try {
      // A device or a pipe has nothing to be replaced.
      if (!this.#isNew && this.#file.statSync().isFile) this.#file.truncateSync();
    } catch (error) {
      this.#closed = true;
      this.#file.close();
      throw cannotRecord(this.#path, error);
    }
    this.#write(castHeader({ size, timestamp: this.#start / 1000, command }));
  }

  /**
   * Records bytes; a character that is cut in two waits for its rest. Where no terminal has put
   * carriage returns before the line feeds, `bare`, they are added: a player needs them.
   */
  bytes(stream: RecordedStream, bytes: Uint8Array, bare = false): void {
    const text = this.#decoders[stream].decode(bytes, { stream: true });
    if (text !== "") this.#text(stream, bare ? withCarriageReturns(text) : text);
  }

  /** Records an event, with the time. */
  event(code: CastEventCode, data: string): void {
    this.begin();
    if (this.#closed) return;
    // The system's clock may be set back in between.
    this.#last = Math.max(this.#last, (this.#now() - this.#start!) / 1000);
    this.#write(castEvent(this.#last, code, data));
  }

  /**
   * Ends the recording, once. What is left of a character that was cut is in it, as such. A file that was
   * made for one that has not begun is removed.
   */
  close(): void {
    if (this.#closed) return;
    try {
      // What cannot be written any more has closed the file.
      for (const stream of ["stdin", "stdout", "stderr"] as const) {
        const rest = this.#decoders[stream].decode();
        if (rest !== "") this.#text(stream, rest);
      }
    } finally {
      const wasOpen = !this.#closed;
      this.#closed = true;
      if (wasOpen) this.#file.close();
      if (this.#start === null && this.#isNew) removeIfThere(this.#path);
    }
  }

  #text(stream: RecordedStream, text: string): void {
    this.event(stream === "stdin" ? "i" : "o", text);
  }

  /** Writes a line at once, so that one that is broken off in the middle is the rarest thing. */
  #write(line: string): void {
    const most = 3 * line.length;
    if (this.#buffer.length < most) this.#buffer = new Uint8Array(2 * most);
    // Several times as fast as to let the encoder make a new array.
    const { written: length } = this.#encoder.encodeInto(line, this.#buffer);
    try {
      for (let written = 0; written < length;) {
        written += this.#file.writeSync(this.#buffer.subarray(written, length));
      }
    } catch (error) {
      this.#closed = true;
      this.#file.close();
      throw new DockerptyError(
        `cannot record to ${this.#path}: ${messageOf(error)}; the process in the container may ` +
          "still be running",
        { cause: error },
      );
    }
  }
}

/** A byte order mark is one of the bytes that passed: nothing is left out. */
function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function withCarriageReturns(text: string): string {
  // Twice as fast as to replace them, of which V8 makes a text of many pieces.
  return text.split(text.includes("\r\n") ? /\r?\n/ : "\n").join("\r\n");
}

/** Opens a file to write to; tells whether it is a new one. */
function open(path: string, force: boolean): [file: Deno.FsFile, isNew: boolean] {
  try {
    return [Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }), true];
  } catch (error) {
    const isThere = error instanceof Deno.errors.AlreadyExists;
    if (isThere && !force) {
      throw cannotRecord(
        path,
        error,
        "it is there already; take another name, or replace it by --force (in a program, force: true)",
      );
    }
    if (!isThere) throw cannotRecord(path, error);
  }
  try {
    // Where a link leads nowhere, what it leads to is made.
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    // A device or a pipe is the system's, or another program's.
    if (file.statSync().isFile) Deno.chmodSync(path, 0o600);
    return [file, false];
  } catch (error) {
    throw cannotRecord(path, error);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Somebody else has, or it cannot be: neither is why there was nothing to record.
  }
}

function cannotRecord(path: string, cause: unknown, why?: string): DockerptyError {
  // Without what Deno adds to the system's words: its number, and the path once more.
  const reason = why ?? messageOf(cause).replace(/ \(os error \d+\).*$/s, "");
  return new DockerptyError(`cannot record to ${path}: ${reason}`, { cause });
}
