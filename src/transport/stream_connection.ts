/**
 * A connection over a pair of Web Streams.
 *
 * @module
 */
import { ConnectionError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** Makes a connection of two streams; `close` frees what is behind them. */
export function streamConnection(
  readable: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  close: () => void,
): Connection {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // What fails is told by the next read or write.
  reader.closed.catch(() => {});
  writer.closed.catch(() => {});
  let left = new Uint8Array();
  let closed = false;
  return {
    async read(buffer) {
      while (left.length === 0) {
        const { value, done } = await reader.read();
        if (closed) throw new ConnectionError("the connection was closed while it was read");
        if (done) return null;
        left = value as Uint8Array<ArrayBuffer>;
      }
      const bytes = left.subarray(0, buffer.length);
      buffer.set(bytes);
      left = left.subarray(bytes.length);
      return bytes.length;
    },
    async write(bytes) {
      // The caller may use its buffer again as soon as this resolves.
      await writer.write(bytes.slice());
      return bytes.length;
    },
    closeWrite: () => writer.close(),
    close() {
      closed = true;
      reader.cancel().catch(() => {});
      writer.close().catch(() => {});
      close();
    },
  };
}
