/**
 * Live output that comes while something else is still looked at.
 *
 * @module
 */
import type { Payload } from "../stream/multiplexed_stream.ts";
import type { ReadPayloads } from "./output.ts";

/** How much live output is read ahead at the most. */
const MAX_EARLY = 4 * 1024 * 1024;
const BUFFER_SIZE = 64 * 1024;

/** Output that is read ahead, until {@linkcode EarlyOutput.take}. */
export class EarlyOutput {
  #read: ReadPayloads;
  #pending: ReturnType<ReadPayloads> | null = null;
  #payloads: Payload[] = [];
  #length = 0;
  #taken = false;

  constructor(read: ReadPayloads) {
    this.#read = read;
    this.#readAhead();
  }

  /** What has come. */
  get payloads(): readonly Payload[] {
    return this.#payloads;
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
