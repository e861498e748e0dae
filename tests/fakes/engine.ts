import type { Dial } from "../../src/transport/connection.ts";
import { bytes, join, text } from "./bytes.ts";
import { connectionPair, type FakeConnection } from "./connection_pair.ts";

/** A request that reached the engine. */
export interface FakeCall {
  /** The method and the path without the version, as routes are written. */
  route: string;
  method: string;
  /** The path with the version and the query, as sent. */
  target: string;
  query: URLSearchParams;
  headers: Map<string, string>;
  body: unknown;
  /** The engine's end of the connection. */
  connection: FakeConnection;
}

/**
 * Answers a call with the bytes that it returns. One that returns nothing keeps the connection for
 * itself.
 */
export type Handler = (
  call: FakeCall,
) => string | Uint8Array | void | Promise<string | Uint8Array | void>;

/** An engine in memory that gives scripted answers, and remembers what it was asked. */
export class FakeEngine {
  /** The calls in their order. */
  readonly calls: FakeCall[] = [];
  /** The other side's ends of the connections that were opened. */
  readonly connections: FakeConnection[] = [];
  #routes = new Map<string, Handler[]>();

  constructor() {
    this.on("HEAD /_ping", () => "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\r\n");
  }

  /** Answers a route; where there are several handlers, the last one takes all further calls. */
  on(route: string, ...handlers: Handler[]): void {
    this.#routes.set(route, handlers);
  }

  /** The routes that were called, in their order, without the ping. */
  get routes(): string[] {
    return this.calls.map(({ route }) => route).filter((route) => !route.endsWith("/_ping"));
  }

  /** The last call of a route. */
  call(route: string): FakeCall {
    const call = this.calls.findLast((call) => call.route === route);
    if (call === undefined) throw new Error(`not called: ${route}; but ${this.routes.join(", ")}`);
    return call;
  }

  /** Connects to the engine. */
  readonly dial: Dial = () => {
    const [client, server] = connectionPair();
    this.connections.push(client);
    this.#serve(server).catch(() => server.close());
    return Promise.resolve(client);
  };

  async #serve(connection: FakeConnection): Promise<void> {
    for (let call; (call = await readCall(connection)) !== null;) {
      this.calls.push(call);
      const handlers = this.#routes.get(call.route) ?? [
        (call) => json(404, { message: `no such route: ${call.route}` }),
      ];
      const handler = handlers.length > 1 ? handlers.shift()! : handlers[0];
      const answer = await handler(call);
      if (answer === undefined) return;
      await connection.send(answer);
    }
    connection.close();
  }
}

/** An answer whose body is JSON. */
export function json(status: number, value: unknown): string {
  const body = JSON.stringify(value);
  const length = bytes(body).length;
  return `HTTP/1.1 ${status} Status\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${length}\r\n\r\n${body}`;
}

/** An answer without a body. */
export const NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

/** The head of an answer that turns the connection into a stream. */
export function upgraded(contentType = "application/vnd.docker.raw-stream"): string {
  return `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType}\r\nConnection: Upgrade\r\n` +
    "Upgrade: tcp\r\n\r\n";
}

/** Reads a request; null at the connection's end. */
async function readCall(connection: FakeConnection): Promise<FakeCall | null> {
  let message = new Uint8Array();
  const more = async () => {
    const buffer = new Uint8Array(1 << 16);
    const count = await connection.read(buffer);
    if (count !== null) message = join([message, buffer.subarray(0, count)]);
    return count !== null;
  };
  while (!text(message).includes("\r\n\r\n")) if (!await more()) return null;
  const [head] = text(message).split("\r\n\r\n");
  const [line, ...fields] = head.split("\r\n");
  const headers = new Map(fields.map((field) => {
    const [name, ...value] = field.split(": ");
    return [name.toLowerCase(), value.join(": ")];
  }));
  const start = bytes(head).length + 4;
  const end = start + Number(headers.get("content-length") ?? 0);
  while (message.length < end) if (!await more()) return null;
  if (message.length > end) throw new Error(`bytes behind a request: ${text(message)}`);
  const [method, target] = line.split(" ");
  const body = text(message.subarray(start, end));
  const { pathname, searchParams } = new URL(target, "http://engine");
  return {
    route: `${method} ${pathname.replace(/^\/v\d+\.\d+(?=\/)/, "")}`,
    method,
    target,
    query: searchParams,
    headers,
    body: body === "" ? undefined : JSON.parse(body),
    connection,
  };
}
