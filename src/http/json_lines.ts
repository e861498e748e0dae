/**
 * A stream of JSON values, as the engine reports progress.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";

/** No news of an engine's is longer than this. */
const MAX_LINE_LENGTH = 1024 * 1024;
const LF = 0x0a;

/**
 * The JSON values in a stream of bytes, one a line.
 *
 * @throws {ProtocolError} if a line is not JSON, or has no end
 */
export async function* readJsonLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, void> {
  const { TextLineStream } = await import("@std/streams/text-line-stream");
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
  let lineLength = 0;
  for await (const bytes of body) {
    const lineEnd = bytes.lastIndexOf(LF);
    lineLength = lineEnd === -1 ? lineLength + bytes.length : bytes.length - lineEnd - 1;
    if (lineLength > MAX_LINE_LENGTH) {
      throw new ProtocolError(`the engine's answer has a line of over ${MAX_LINE_LENGTH} bytes`);
    }
    yield bytes.slice();
  }
}
