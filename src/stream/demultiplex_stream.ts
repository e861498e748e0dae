/**
 * The engine's multiplexed stream as a Web Stream.
 *
 * @module
 */
import { MultiplexedStreamDecoder, type Payload } from "./multiplexed_stream.ts";

/**
 * Turns the engine's multiplexed stream into its payloads, each with the stream it belongs to.
 *
 * The format is the one of the engine API's `POST /containers/{id}/attach`. Payloads are passed on
 * as they arrive, without waiting for the rest of their frame.
 *
 * @example
 * ```ts
 * import { DemultiplexStream } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const raw = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 2, 104, 105]);
 * for await (const payload of ReadableStream.from([raw]).pipeThrough(new DemultiplexStream())) {
 *   assertEquals(payload, { stream: "stderr", bytes: new TextEncoder().encode("hi") });
 * }
 * ```
 *
 * The readable side fails with a {@linkcode ProtocolError} if the stream is malformed or cut short.
 */
export class DemultiplexStream extends TransformStream<Uint8Array, Payload> {
  /** Makes the transform. */
  constructor() {
    const decoder = new MultiplexedStreamDecoder();
    super({
      transform(chunk, controller): void {
        for (const payload of decoder.decode(chunk)) controller.enqueue(payload);
      },
      flush(): void {
        decoder.end();
      },
    });
  }
}
