// TextLineStream of @std/streams, from the npm build of the standard library, with @std/streams'
// own signature. Only for a checkout: see CONTRIBUTING.md, "Links".
import { TextLineStream as Lines } from "npm:deno-std@1.4.0/streams/text_line_stream.js";

export interface TextLineStreamOptions {
  allowCR?: boolean;
}

export const TextLineStream: new (
  options?: TextLineStreamOptions,
) => TransformStream<string, string> = Lines;
export type TextLineStream = TransformStream<string, string>;
