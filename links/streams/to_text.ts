// toText of @std/streams, from the npm build of the standard library, with @std/streams' own
// signature. Only for a checkout: see CONTRIBUTING.md, "Links".
import { toText as collect } from "npm:deno-std@1.4.0/streams/to_text.js";

export const toText: (stream: ReadableStream) => Promise<string> = collect;
