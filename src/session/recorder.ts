/**
 * Writing recordings.
 *
 * @module
 */
import { DockerptyError, messageOf } from "../errors.ts";
import { castEvent, type CastEventCode, castHeader } from "../stream/asciicast.ts";
import type { RecordOptions } from "./record.ts";

/** Writes a recording. */
export class Recorder {
  #file: Deno.FsFile;
  #now: () => number;
  #start: number;
  #decoders: Record<"o" | "i", TextDecoder> = { o: decoder(), i: decoder() };
  #closed = false;

  /** Creates the file and begins. */
  constructor(path: string, options: RecordOptions) {
    const { size = { rows: 24, columns: 80 }, force = false, command, now = Date.now } = options;
    this.#file = open(path, force);
    this.#now = now;
    this.#start = now();
    this.#write(castHeader({ size, timestamp: this.#start / 1000, command }));
  }

  /** Records bytes; a character that is cut in two waits for its rest. */
  bytes(code: "o" | "i", bytes: Uint8Array): void {
    const text = this.#decoders[code].decode(bytes, { stream: true });
    if (text !== "") this.event(code, text);
  }

  /** Records an event, with the time. */
  event(code: CastEventCode, data: string): void {
    if (!this.#closed) this.#write(castEvent((this.#now() - this.#start) / 1000, code, data));
  }

  /** Ends the recording, once. What is left of a character that was cut is in it, as such. */
  close(): void {
    if (this.#closed) return;
    for (const code of ["o", "i"] as const) {
      const rest = this.#decoders[code].decode();
      if (rest !== "") this.event(code, rest);
    }
    this.#closed = true;
    this.#file.close();
  }

  #write(line: string): void {
    const bytes = new TextEncoder().encode(line);
    for (let written = 0; written < bytes.length;) {
      written += this.#file.writeSync(bytes.subarray(written));
    }
  }
}

/** A byte order mark is one of the bytes that passed: nothing is left out. */
function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function open(path: string, force: boolean): Deno.FsFile {
  try {
    if (force) {
      const file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
      Deno.chmodSync(path, 0o600);
      return file;
    }
    return Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    const why = error instanceof Deno.errors.AlreadyExists
      ? "it is there already; take another name, or replace it by --force (in a program, force: true)"
      : messageOf(error);
    throw new DockerptyError(`cannot record to ${path}: ${why}`, { cause: error });
  }
}
