/**
 * Reads a connection through a buffer, so that what was read too far is never lost.
 *
 * @module
 */
import { ConnectionError, messageOf } from "../errors.ts";
import type { Connection } from "../transport/connection.ts";

/** The size of the first buffer: most answers fit. */
const FIRST_SIZE = 4 * 1024;
/** The size of later ones, where answers fill what they get. */
const MAX_SIZE = 64 * 1024;

/** The buffer of a reader that has nothing in it: hundreds of sessions wait at the same time. */
const EMPTY = new Uint8Array();

/** A connection's bytes with the leftovers of the last read in front. */
export class ByteReader {
  #connection: Pick<Connection, "read">;
  #buffer: Uint8Array<ArrayBuffer> = EMPTY;
  #size = FIRST_SIZE;
  #start = 0;
  #end = 0;

  /** Reads from `connection`. */
  constructor(connection: Pick<Connection, "read">) {
    this.#connection = connection;
  }

  /** What has been read and not yet consumed; valid until the next {@linkcode fill}. */
  get buffered(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Drops the first `count` bytes of {@linkcode buffered}. */
  consume(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.#drop();
  }

  /** Reads more behind {@linkcode buffered}; resolves to false at the end of the stream. */
  async fill(): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    if (this.#end === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#buffer.length || this.#size);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const count = await readConnection(this.#connection, this.#buffer.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    if (this.#end === this.#buffer.length) this.#size = Math.min(2 * this.#size, MAX_SIZE);
    return true;
  }

  /** Reads into `target`, leftovers first; resolves to the number of bytes, or null at the end. */
  async read(target: Uint8Array): Promise<number | null> {
    if (this.#start === this.#end) return await readConnection(this.#connection, target);
    const count = Math.min(target.length, this.#end - this.#start);
    target.set(this.#buffer.subarray(this.#start, this.#start + count));
    this.consume(count);
    return count;
  }

  #drop(): void {
    this.#buffer = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }
}

async function readConnection(
  connection: Pick<Connection, "read">,
  target: Uint8Array,
): Promise<number | null> {
  try {
    return await connection.read(target);
  } catch (error) {
    // A transport that knows better has said so already.
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError(`the connection to the engine was lost: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
