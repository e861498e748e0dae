/**
 * A byte stream to an engine, whatever it runs over.
 *
 * @module
 */
import type { Endpoint } from "./endpoint.ts";

/**
 * A byte stream in both directions. `Deno.Conn` is one; so is anything with these four methods.
 */
export interface Connection {
  /** Reads what is there into `buffer`; resolves to the number of bytes, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends the writing side, so that the other side reads an end, and leaves reading open. */
  closeWrite(): Promise<void>;
  /** Closes both directions. A pending read or write ends with an error. */
  close(): void;
}

/** Opens a {@linkcode Connection} to an endpoint. */
export type Dial = (endpoint: Endpoint) => Promise<Connection>;

/** Writes all of `bytes`. */
export async function writeAll(
  connection: Pick<Connection, "write">,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(written === 0 ? bytes : bytes.subarray(written));
  }
}
