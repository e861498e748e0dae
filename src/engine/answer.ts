/**
 * The engine's answers: read whole, and refusals in its own words.
 *
 * @module
 */
import { ConnectionError, EngineError, ProtocolError } from "../errors.ts";
import type { Request, Response } from "../http/request.ts";

/** The longest refusal that is read. */
const MAX_REFUSAL_LENGTH = 64 * 1024;
/** So much of it is in an error's message. */
const MAX_MESSAGE_LENGTH = 4096;

/**
 * Whether a call was not done. 304 means that it was already; the other answers of that kind lead
 * elsewhere, and are not followed: no name is to turn a call into another one.
 */
export function isRefusal(status: number): boolean {
  return status >= 300 && status !== 304;
}

/**
 * Reads an answer's body as text.
 *
 * @throws {ProtocolError} if it is longer than `limit` bytes
 */
export async function readText(response: Response, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > limit) {
      throw new ProtocolError(`the engine's answer is longer than ${limit} bytes`);
    }
  }
  return text + decoder.decode();
}

/** The error for an answer that is a refusal, in the engine's own words. */
export async function refusal(
  response: Response,
  { method }: Pick<Request, "method">,
  path: string,
): Promise<Error> {
  let text: string;
  try {
    text = await readText(response, MAX_REFUSAL_LENGTH);
  } catch (error) {
    if (error instanceof ConnectionError) text = "";
    else throw error;
  }
  const details = { status: response.status, method, path };
  const message = response.status >= 400 && messageIn(text).slice(0, MAX_MESSAGE_LENGTH) ||
    `the engine answered ${response.status} to ${method} ${path}`;
  return new EngineError(message, details);
}

/** The message in a refusal: of its JSON, or the plain text that a refused attach is answered with. */
function messageIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "message" in value) {
      return String(value.message).trim();
    }
  } catch {
    // Not JSON: the text is the message.
  }
  // The words of Go's HTTP server, for a request that came to it in the clear.
  if (/HTTP request to an HTTPS server/.test(text)) {
    return "the engine wants TLS at this port; give --tlsverify or --tls";
  }
  return text.trim();
}
