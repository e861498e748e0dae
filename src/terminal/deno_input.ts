/**
 * The process's own stdin, read so that nothing is lost to whoever reads it next.
 *
 * Which way does that depends on what stdin is, and on what becomes of the process afterwards:
 *
 * - A terminal is read by a `tty.ReadStream`, which polls, and reopens the terminal so that the
 *   shared descriptor stays blocking. Its end leaves every key that was not read yet in place.
 * - A pipe or file in a program is read by `process.stdin`, which keeps what it has read too far,
 *   and does not keep the process alive when it is paused.
 * - A terminal that cannot be reopened is read by `Deno.stdin`, which blocks: a program that goes on
 *   after the session may lose the next key by that, a command does not.
 * - A pipe or file in a command, which ends with `Deno.exit`, is read by `Deno.stdin`: faster, and
 *   nothing needs to be imported.
 *
 * @module
 */
import type { ReadStream } from "node:tty";
import { kindOf } from "./deno_descriptor.ts";
import type { TerminalInput } from "./terminal.ts";

/** The size of the reads from a pipe or file. */
const BUFFER_SIZE = 256 * 1024;

/** Stdin, to be opened anew: its terminal gets a descriptor that is nobody else's. */
const ANEW = "/proc/self/fd/0";

/**
 * Whether the terminal on stdin is another user's, as after `su`, so that it cannot be opened anew.
 * What reads it then without blocking would make it so for all who share it, and output be lost.
 */
export function isForeignTerminal(): boolean {
  // Nobody is asked: without the right to look, it is taken for one's own.
  if (Deno.permissions.querySync({ name: "read", path: ANEW }).state !== "granted") return false;
  try {
    Deno.openSync(ANEW).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied;
  }
}

/** Opens a terminal on stdin. */
export function openTerminalInput(): TerminalInput {
  return new NodeInput(importTerminal(), (stream) => stream.destroy());
}

/** Opens a pipe or file on stdin, in a program that goes on after the session. */
export function openPipeInput(): TerminalInput {
  return new NodeInput(importPipe(), (stream) => stream.pause());
}

async function importTerminal(): Promise<ReadStream> {
  const { ReadStream } = await import("node:tty");
  return new ReadStream(0);
}

async function importPipe(): Promise<ReadStream> {
  return (await import("node:process")).default.stdin as unknown as ReadStream;
}

/** Reads a Node stream, which flows only while a read is pending. */
class NodeInput implements TerminalInput {
  #opening: Promise<ReadStream>;
  #stream: ReadStream | null = null;
  #release: (stream: ReadStream) => void;
  /** What came after a read was satisfied, before the stream had stopped. */
  #chunks: Uint8Array[] = [];
  #waiting: ((bytes: Uint8Array | null) => void) | null = null;
  #ended = false;

  constructor(opening: Promise<ReadStream>, release: (stream: ReadStream) => void) {
    this.#release = release;
    this.#opening = opening.then((stream) => {
      if (this.#ended) release(stream);
      else this.#begin(stream);
      return stream;
    });
  }

  async read(): Promise<Uint8Array | null> {
    const stream = await this.#opening;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return chunk;
    if (this.#ended || stream.readableEnded) return null;
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.#waiting = resolve;
    stream.resume();
    return await promise;
  }

  [Symbol.dispose](): void {
    this.#onEnd();
    if (this.#stream === null) return;
    this.#stream.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onEnd);
    this.#release(this.#stream);
    this.#stream = null;
  }

  #begin(stream: ReadStream): void {
    this.#stream = stream;
    stream.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onEnd);
    stream.pause();
  }

  #onData = (bytes: Uint8Array): void => {
    this.#stream?.pause();
    if (this.#waiting === null) this.#chunks.push(bytes);
    else this.#settle(bytes);
  };

  #onEnd = (): void => {
    this.#ended = true;
    this.#settle(null);
  };

  #settle(bytes: Uint8Array | null): void {
    this.#waiting?.(bytes);
    this.#waiting = null;
  }
}

/**
 * `Deno.stdin`, read ahead by one piece: while one is sent, the next is read. A read outlives the
 * session that began it, and its piece goes to the next one. A regular file is read at once when it is
 * asked for.
 */
export class PipedStdin {
  #ahead: Promise<Uint8Array | null> | null = null;
  /** One is being read into while the other is being sent. */
  #buffers: Uint8Array[] = [];
  #waits: boolean | undefined;

  /** Reads for a session. */
  open(): TerminalInput {
    let disposed = false;
    let giveUp = () => {};
    return {
      read: () =>
        new Promise((resolve) => {
          if (disposed) return resolve(null);
          giveUp = () => resolve(null);
          // A second read at once would get what belongs behind the first one's.
          const ahead = this.#ahead ??= this.#begin();
          ahead.then((bytes) => {
            if (disposed) return;
            this.#ahead = bytes === null || !this.#waits ? null : this.#begin();
            resolve(bytes);
          });
        }),
      [Symbol.dispose](): void {
        disposed = true;
        giveUp();
      },
    };
  }

  async #begin(): Promise<Uint8Array | null> {
    const buffer = this.#buffers.length < 2 ? new Uint8Array(BUFFER_SIZE) : this.#buffers.shift()!;
    this.#buffers.push(buffer);
    // An empty file may be one that the system fills while it is read, and that waits for it.
    this.#waits ??= !["file", "null"].includes(kindOf(0));
    try {
      const count = this.#waits ? await Deno.stdin.read(buffer) : Deno.stdin.readSync(buffer);
      return count === null ? null : buffer.subarray(0, count);
    } catch {
      return null;
    }
  }
}
