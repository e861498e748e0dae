/**
 * The input of a hijacked connection.
 *
 * @module
 */
import { ConnectionError, messageOf } from "../errors.ts";
import { type Connection, writeAll } from "../transport/connection.ts";
import { checkBytes } from "./check_options.ts";

/** How long a piece of input may wait before somebody has to read the output, in milliseconds. */
const WRITE_TIME = 100;

/** What {@linkcode stdinStream} works with. */
export interface StdinParts {
  /** The hijacked connection. */
  connection: Pick<Connection, "write" | "closeWrite">;
  /** What becomes of the process's stdin when the stream is closed. */
  closing: "half-close" | "stay-open";
  /** Whether the session has ended. */
  isOver: () => boolean;
  /** Whether somebody reads the output. */
  isRead: () => boolean;
  /** Has it read. */
  read: () => void;
  /** Is told of a piece that waits to be taken, until what it returns is disposed of. */
  waits: () => Disposable;
}

/** Input as a stream. */
export function stdinStream(
  { connection, closing, isOver, isRead, read, waits }: StdinParts,
): WritableStream<Uint8Array> {
  const close = async () => {
    if (closing === "stay-open" || isOver()) return;
    // The process may have ended on its own; then there is nothing left to end.
    await connection.closeWrite().catch(() => {});
  };
  // That the process takes no more is seen by the output's end alone: where input has to wait and
  // nobody else reads that, it is read.
  const readIfLate = (): Disposable | undefined => {
    if (isRead()) return undefined;
    const timer = setTimeout(() => {
      if (!isRead() && !isOver()) read();
    }, WRITE_TIME);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  };
  return new WritableStream<Uint8Array>({
    write: async (bytes): Promise<void> => {
      checkBytes(bytes);
      using _late = readIfLate();
      using _waiting = waits();
      try {
        if (!isOver()) return await writeAll(connection, bytes);
      } catch (error) {
        if (!isOver()) throw noMoreInput(messageOf(error), error);
      }
      throw noMoreInput("the session has ended");
    },
    close,
    abort: close,
  });
}

function noMoreInput(why: string, cause?: unknown): ConnectionError {
  return new ConnectionError(`the process takes no more input: ${why}`, { cause });
}
