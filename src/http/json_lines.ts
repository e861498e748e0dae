/**
 * A stream of JSON values, as the engine reports progress.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { ProtocolError } from "../errors.ts";

/**
 * The JSON values in a stream of bytes, one a line.
 *
 * @throws {ProtocolError} if a line is not JSON
 */
export async function* readJsonLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, void> {
  const lines = ReadableStream.from(copies(body))
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line.trim() === "") continue;
    try {
      yield JSON.parse(line);
    } catch (error) {
      throw new ProtocolError(
        `the engine's answer is not JSON: ${JSON.stringify(line.slice(0, 80))}`,
        { cause: error },
      );
    }
  }
}

/** A stream holds its pieces for longer than the reader's buffer does. */
async function* copies(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const bytes of body) yield bytes.slice();
}
