// toArrayBuffer of @std/streams, from the npm build of the standard library, with @std/streams'
// own signature. Only for a checkout: see CONTRIBUTING.md, "Links".
import { toArrayBuffer as collect } from "npm:deno-std@1.4.0/streams/to_array_buffer.js";

export const toArrayBuffer: (
  readableStream: ReadableStream<Uint8Array<ArrayBuffer>>,
) => Promise<ArrayBuffer> = collect;
