/**
 * Writing recordings.
 *
 * @module
 */
import { DockerptyError, messageOf } from "../errors.ts";
import {
  CAST_EVENT_END,
  castEvent,
  type CastEventCode,
  castEventStart,
  castHeader,
} from "../stream/asciicast.ts";
import { escapeJson, LONGEST_ESCAPE } from "../stream/json_escape.ts";
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
  #line = new Uint8Array(4096);
  #characters: Record<RecordedStream, Characters> = {
    stdin: new Characters(),
    stdout: new Characters(),
    stderr: new Characters(),
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
    if (!this.#characters[stream].isWhole || !this.#data(stream, bytes, { bare, ascii: true })) {
      this.#data(stream, this.#characters[stream].of(bytes), { bare, ascii: false });
    }
  }

  /** Records an event, with the time. */
  event(code: CastEventCode, data: string): void {
    if (this.#begun()) this.#write(castEvent(this.#time(), code, data));
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
        this.#data(stream, this.#characters[stream].rest(), { bare: false, ascii: false });
      }
    } finally {
      const wasOpen = !this.#closed;
      this.#closed = true;
      if (wasOpen) this.#file.close();
      if (this.#start === null && this.#isNew) removeIfThere(this.#path);
    }
  }

  /** Whether there is something to write to, with the header in it. */
  #begun(): boolean {
    this.begin();
    return !this.#closed;
  }

  /** The time of an event, in seconds. */
  #time(): number {
    // The system's clock may be set back in between.
    return this.#last = Math.max(this.#last, (this.#now() - this.#start!) / 1000);
  }

  /** Records UTF-8; false, and nothing, where that had to be ASCII and is not. */
  #data(
    stream: RecordedStream,
    bytes: Uint8Array,
    { bare, ascii }: { bare: boolean; ascii: boolean },
  ): boolean {
    if (bytes.length === 0 || !this.#begun()) return true;
    const start = castEventStart(this.#time(), stream === "stdin" ? "i" : "o");
    this.#reserve(start.length + LONGEST_ESCAPE * bytes.length + CAST_EVENT_END.length);
    let length = this.#encoder.encodeInto(start, this.#line).written;
    const escaped = escapeJson(bytes, this.#line.subarray(length), {
      carriageReturns: bare,
      ascii,
    });
    if (escaped < 0) return false;
    length += escaped;
    length += this.#encoder.encodeInto(CAST_EVENT_END, this.#line.subarray(length)).written;
    this.#writeLine(length);
    return true;
  }

  #write(line: string): void {
    this.#reserve(3 * line.length);
    // Several times as fast as to let the encoder make a new array.
    this.#writeLine(this.#encoder.encodeInto(line, this.#line).written);
  }

  #reserve(length: number): void {
    if (this.#line.length < length) this.#line = new Uint8Array(2 * length);
  }

  /** Writes a line at once, so that one that is broken off in the middle is the rarest thing. */
  #writeLine(length: number): void {
    try {
      for (let written = 0; written < length;) {
        written += this.#file.writeSync(this.#line.subarray(written, length));
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

/** The characters of a stream that is not ASCII alone, whole, and with U+FFFD for what is none. */
class Characters {
  // A byte order mark is one of the bytes that passed: nothing is left out.
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #encoder = new TextEncoder();
  /** Whether no character waits for its rest. */
  isWhole = true;

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
