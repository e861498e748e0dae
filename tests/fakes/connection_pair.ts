import type { Connection } from "../../src/transport/connection.ts";
import { bytes, join, text } from "./bytes.ts";

/** One direction of a pair. A read gets what one write sent, or a part of that. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #capacity: number;
  #change = Promise.withResolvers<void>();
  #ended = false;
  #failure: Error | null = null;
  /** How many bytes were written and not read yet. */
  size = 0;
  /** Whether its writing, or its reading side was closed. */
  writerClosed = false;
  readerClosed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.readerClosed) throw new Deno.errors.BadResource("Bad resource ID");
    while (true) {
      if (this.readerClosed) throw new Deno.errors.Interrupted("operation canceled");
      if (this.#failure !== null) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        const count = Math.min(chunk.length, buffer.length);
        buffer.set(chunk.subarray(0, count));
        if (count < chunk.length) this.#chunks.unshift(chunk.subarray(count));
        this.size -= count;
        this.#changed();
        return count;
      }
      if (this.#ended) return null;
      await this.#change.promise;
    }
  }

  async write(content: Uint8Array): Promise<number> {
    while (true) {
      if (this.writerClosed) throw new Deno.errors.BadResource("Bad resource ID");
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended || this.readerClosed) {
        throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
      }
      const count = Math.min(content.length, this.#capacity - this.size);
      if (count > 0 || content.length === 0) {
        if (count > 0) this.#chunks.push(content.slice(0, count));
        this.size += count;
        this.#changed();
        return count;
      }
      await this.#change.promise;
    }
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  closeReader(): void {
    this.readerClosed = true;
    this.#changed();
  }

  closeWriter(): void {
    this.writerClosed = true;
    this.end();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** One end of a connection in memory; what is sent at one end arrives at the other. */
export class FakeConnection implements Connection {
  /** How many times it was closed. */
  closeCount = 0;
  /** Whether its writing side was ended, by itself or with all of it. */
  writeEnded = false;
  /** Resolves when it is closed. */
  readonly whenClosed: Promise<void>;
  #incoming: Pipe;
  #outgoing: Pipe;
  #close: () => void;

  constructor(incoming: Pipe, outgoing: Pipe) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.whenClosed = promise;
    this.#close = resolve;
  }

  /** How many bytes have arrived and were not read yet. */
  get unread(): number {
    return this.#incoming.size;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#incoming.read(buffer);
  }

  write(content: Uint8Array): Promise<number> {
    return this.#outgoing.write(content);
  }

  // deno-lint-ignore require-await
  async closeWrite(): Promise<void> {
    if (this.#outgoing.writerClosed) throw new Deno.errors.BadResource("Bad resource ID");
    this.writeEnded = true;
    this.#outgoing.end();
  }

  close(): void {
    this.closeCount++;
    this.writeEnded = true;
    this.#outgoing.closeWriter();
    this.#incoming.closeReader();
    this.#close();
  }

  /** Sends all of `content`, which the other end reads in one piece where its buffer holds that. */
  async send(content: string | Uint8Array): Promise<void> {
    let left = typeof content === "string" ? bytes(content) : content;
    while (left.length > 0) left = left.subarray(await this.write(left));
  }

  /** Breaks the connection: from now on both ends fail. */
  reset(): void {
    const error = new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)");
    this.#outgoing.fail(error);
    this.#incoming.fail(error);
  }

  /** What comes next, as text. */
  async receive(): Promise<string> {
    const buffer = new Uint8Array(1 << 16);
    return text(buffer.subarray(0, await this.read(buffer) ?? 0));
  }

  /** All that comes up to the other end's end. */
  async receiveAll(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces = [];
    const buffer = new Uint8Array(1 << 16);
    for (let count; (count = await this.read(buffer)) !== null;) {
      pieces.push(buffer.slice(0, count));
    }
    return join(pieces);
  }
}

/**
 * Two ends of a connection.
 *
 * @param capacity how many bytes may lie unread in either direction before a write waits
 */
export function connectionPair(
  { capacity = Infinity } = {},
): [client: FakeConnection, server: FakeConnection] {
  const there = new Pipe(capacity);
  const back = new Pipe(capacity);
  return [new FakeConnection(back, there), new FakeConnection(there, back)];
}

/** A connection that gives these pieces, one a read, and then ends. */
export function piecesConnection(
  pieces: readonly (string | Uint8Array)[],
): Pick<Connection, "read"> {
  const left = pieces.map((piece) => typeof piece === "string" ? bytes(piece) : piece)
    .filter((piece) => piece.length > 0);
  return {
    read: (buffer) => {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count < piece.length) left.unshift(piece.subarray(count));
      return Promise.resolve(count);
    },
  };
}
