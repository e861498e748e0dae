/**
 * The output of a hijacked connection: raw, or multiplexed.
 *
 * @module
 */
import { MultiplexedStreamDecoder, type Payload } from "../stream/multiplexed_stream.ts";
import type { Connection } from "../transport/connection.ts";
import type { Sink } from "./session.ts";
import { lostWhileRunning } from "./status.ts";

/** The size of each of the two buffers that {@linkcode forwardOutput} reads with. */
const FORWARD_BUFFER_SIZE = 256 * 1024;

/** Reads payloads into a buffer; null at the end. They are views of the buffer. */
export type ReadPayloads = (buffer: Uint8Array) => Promise<Payload[] | null>;

/** Reads a connection's output. */
export function payloadReader(
  connection: Pick<Connection, "read">,
  multiplexed: boolean,
): ReadPayloads {
  // What is passed on is larger so, and a write costs more than moving what is written.
  const decoder = multiplexed ? new MultiplexedStreamDecoder({ join: true }) : null;
  return async (buffer) => {
    decoder?.check();
    const count = await connection.read(buffer).catch((error) => {
      throw lostWhileRunning(error);
    });
    if (count === null) {
      decoder?.end();
      return null;
    }
    const bytes = buffer.subarray(0, count);
    return decoder === null ? [{ stream: "stdout", bytes }] : decoder.decode(bytes);
  };
}

/**
 * Gives all output to sinks, one piece after another. While one is on its way, the next is read, and
 * no more than that.
 */
export async function forwardOutput(
  read: ReadPayloads,
  sinks: { stdout: Sink; stderr: Sink },
): Promise<void> {
  // A sink that fails is told at once, and not when the process writes the next time.
  const failed = Promise.withResolvers<never>();
  const write = async (payloads: readonly Payload[]) => {
    for (const { stream, bytes } of payloads) {
      const written = sinks[stream].write(bytes);
      if (written !== undefined) await written;
    }
  };
  const pass = async () => {
    let buffer = new Uint8Array(FORWARD_BUFFER_SIZE);
    let other: typeof buffer | undefined;
    let writing: Promise<void> | undefined;
    try {
      let failing = false;
      for (let payloads; (payloads = await read(buffer)) !== null;) {
        await writing?.catch(() => failing = true);
        // Dropped from then on, so that the output's end is still seen.
        if (failing) continue;
        writing = write(payloads);
        writing.catch(failed.reject);
        [buffer, other] = [other ?? new Uint8Array(FORWARD_BUFFER_SIZE), buffer];
      }
    } finally {
      // Also where reading failed: what came before that has come.
      await writing;
    }
  };
  const passing = pass();
  passing.catch(() => {});
  await Promise.race([passing, failed.promise]);
}
