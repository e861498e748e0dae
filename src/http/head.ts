/**
 * The heads of HTTP/1.1 messages (RFC 9112), as far as an engine uses them.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";

/** The first line of a response and its headers. */
export interface ResponseHead {
  /** The status code, 100 to 599. */
  status: number;
  /** The headers' values by their names in lower case; repeated ones are joined by commas. */
  headers: Map<string, string>;
}

/** A head longer than this is not an engine's. */
export const MAX_HEAD_LENGTH = 64 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/**
 * Writes the head of a request.
 *
 * @throws {ProtocolError} if the target or a header would break out of its line
 */
export function encodeRequestHead(
  method: string,
  target: string,
  headers: Iterable<readonly [string, string]>,
): Uint8Array {
  if (!/^\/[\x21-\x7e]*$/.test(target)) {
    throw new ProtocolError(`cannot send the request target ${JSON.stringify(target)}`);
  }
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw new ProtocolError(`cannot send the header ${name}: its value is not printable ASCII`);
    }
    head += `${name}: ${value}\r\n`;
  }
  return encoder.encode(`${head}\r\n`);
}

/**
 * Finds the end of a head: the index behind its empty line, or -1 if it is not in `bytes` yet.
 * `from` is where to go on looking when the first bytes were looked at before.
 */
export function findHeadEnd(bytes: Uint8Array, from = 0): number {
  let index = Math.max(from - 3, 0);
  while ((index = bytes.indexOf(0x0d, index)) !== -1) {
    if (bytes[index + 1] === 0x0a && bytes[index + 2] === 0x0d && bytes[index + 3] === 0x0a) {
      return index + 4;
    }
    index++;
  }
  return -1;
}

/**
 * Reads the head of a response, with its empty line.
 *
 * @throws {ProtocolError} if it is malformed
 */
export function parseResponseHead(bytes: Uint8Array): ResponseHead {
  const lines = decoder.decode(bytes).slice(0, -4).split("\r\n");
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?$/.exec(lines[0]);
  if (status === null) {
    throw new ProtocolError(
      `the engine's answer is not HTTP/1.1: ${JSON.stringify(lines[0].slice(0, 80))}`,
    );
  }
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/.exec(line);
    if (field === null) {
      throw new ProtocolError(
        `the engine's answer has a malformed header: ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    const name = field[1].toLowerCase();
    const before = headers.get(name);
    headers.set(name, before === undefined ? field[2] : `${before}, ${field[2]}`);
  }
  // What speaks the older version closes its connection without a word of it.
  if (lines[0].startsWith("HTTP/1.0") && !headers.has("connection")) {
    headers.set("connection", "close");
  }
  return { status: Number(status[1]), headers };
}
