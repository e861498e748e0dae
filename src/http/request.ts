/**
 * One request on a connection, and the response to it.
 *
 * @module
 */
import { ConnectionError, DockerptyError, messageOf, ProtocolError } from "../errors.ts";
import { type Connection, writeAll } from "../transport/connection.ts";
import { bodyFraming, readBody } from "./body.ts";
import { ByteReader } from "./byte_reader.ts";
import { encodeRequestHead, findHeadEnd, MAX_HEAD_LENGTH, parseResponseHead } from "./head.ts";
import type { ResponseHead } from "./head.ts";

/** The first byte of what a server sends that expects TLS and is spoken to in the clear. */
const TLS_ALERT = 0x15;

/** So many interim answers are passed over. */
const MAX_INTERIM = 100;

/** A request to an engine. */
export interface Request {
  /** The HTTP method. */
  method: string;
  /** The path with its query, percent-encoded. */
  target: string;
  /** Headers beside Host and those of the body. */
  headers?: Iterable<readonly [string, string]>;
  /** A value to send as JSON. */
  body?: unknown;
  /** Is called before the first byte is sent: from then on the engine may come to have it all. */
  sending?: () => void;
}

/** A response whose body has not been read yet. */
export interface Response extends ResponseHead {
  /** The body's bytes as they arrive; each piece is valid until the next one is asked for. */
  body: AsyncGenerator<Uint8Array, void, void>;
}

/** The connection ended where a response should have begun. */
export class NoResponseError extends ConnectionError {}

/** HTTP/1.1 over a connection: one request after another. */
export class HttpConnection {
  /** The connection underneath. */
  readonly connection: Connection;
  /** The connection's bytes, with what was read too far in front. */
  readonly reader: ByteReader;
  #reusable = true;
  #closed = false;

  /** Speaks over `connection`. */
  constructor(connection: Connection) {
    this.connection = connection;
    this.reader = new ByteReader(connection);
  }

  /** Whether another request may follow: the last body was read to its end and nothing closes. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** Sends a request and reads the head of the response. */
  async request({ method, target, headers = [], body, sending }: Request): Promise<Response> {
    this.#reusable = false;
    const fields: [string, string][] = [["Host", "dockerpty"]];
    for (const [name, value] of headers) fields.push([name, value]);
    const payload = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    if (payload !== undefined) fields.push(["Content-Type", "application/json"]);
    if (payload !== undefined || method !== "GET" && method !== "HEAD") {
      fields.push(["Content-Length", String(payload?.length ?? 0)]);
    }
    sending?.();
    try {
      await writeAll(
        this.connection,
        concat(encodeRequestHead(method, target, fields), payload),
      );
    } catch (error) {
      // What lies under the connection may know better what is wrong.
      if (error instanceof DockerptyError) throw error;
      throw new NoResponseError(
        `the connection to the engine was lost: ${messageOf(error)}`,
        { cause: error },
      );
    }
    const head = await this.#readHead();
    return { ...head, body: this.#readBody(method, head) };
  }

  /** Closes the connection, once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reusable = false;
    this.connection.close();
  }

  async #readHead(): Promise<ResponseHead> {
    for (let interim = 0; interim <= MAX_INTERIM; interim++) {
      const head = await this.#readOneHead();
      // Interim answers (100 Continue, 103) come before the real one; 101 is final.
      if (head.status >= 200 || head.status === 101) return head;
    }
    throw new ProtocolError(`the engine's answer does not come, after ${MAX_INTERIM} interim ones`);
  }

  async #readOneHead(): Promise<ResponseHead> {
    const { reader } = this;
    let looked = 0;
    while (true) {
      const end = findHeadEnd(reader.buffered, looked);
      if (end > MAX_HEAD_LENGTH || end === -1 && reader.buffered.length > MAX_HEAD_LENGTH) {
        throw new ProtocolError(`the head of the engine's answer is over ${MAX_HEAD_LENGTH} bytes`);
      }
      if (end !== -1) {
        const head = parseResponseHead(reader.buffered.subarray(0, end));
        reader.consume(end);
        return head;
      }
      looked = reader.buffered.length;
      if (!await reader.fill()) {
        if (reader.buffered[0] === TLS_ALERT) {
          throw new ProtocolError("the engine wants TLS at this port; give --tlsverify or --tls");
        }
        if (looked === 0) {
          throw new NoResponseError("the engine closed the connection without an answer");
        }
        throw new ConnectionError("the engine's answer was cut short, in the middle of its head");
      }
    }
  }

  async *#readBody(method: string, head: ResponseHead): AsyncGenerator<Uint8Array, void, void> {
    const framing = bodyFraming(method, head);
    yield* readBody(this.reader, framing);
    const options = head.headers.get("connection")?.toLowerCase() ?? "";
    // What comes behind an answer that nobody asked for would be taken for the next one.
    this.#reusable = framing.kind !== "close" && !options.split(/, */).includes("close") &&
      head.status !== 101 && this.reader.buffered.length === 0;
  }
}

function concat(head: Uint8Array, payload: Uint8Array | undefined): Uint8Array {
  if (payload === undefined) return head;
  // One write, so that the engine has the whole request at once.
  const message = new Uint8Array(head.length + payload.length);
  message.set(head);
  message.set(payload, head.length);
  return message;
}
