/**
 * Turning an HTTP connection into a raw stream in both directions, as the engine's attach and exec
 * do: after the answer's head, the socket is the stream.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";
import type { Connection } from "../transport/connection.ts";
import type { HttpConnection, Request, Response } from "./request.ts";

/** A connection that has become a raw stream. */
export interface Hijacked {
  /** The stream. What came with the head is read first. */
  connection: Connection;
  /** The answer's content type, which tells how the stream is framed, or `""`. */
  contentType: string;
}

/** The media type of a stream with stdout and stderr in frames. */
const MULTIPLEXED_STREAM = "application/vnd.docker.multiplexed-stream";

/**
 * Sends a request that asks for a raw stream. The engine answers with 101, or with 200 where an
 * intermediary took the upgrade's headers away; after either, the connection is the stream.
 *
 * @returns the stream, or the response with which the engine refused
 * @throws {ProtocolError} if the answer is neither a stream nor a refusal
 */
export async function hijack(
  http: HttpConnection,
  request: Request,
): Promise<Hijacked | Response> {
  const response = await http.request({
    ...request,
    headers: [...request.headers ?? [], ["Connection", "Upgrade"], ["Upgrade", "tcp"]],
  });
  if (response.status >= 300) return response;
  if (response.status !== 101 && response.status !== 200) {
    throw new ProtocolError(
      `the engine answered ${response.status} to a request for a stream (${request.target})`,
    );
  }
  const coding = response.headers.get("transfer-encoding");
  if (response.status === 200 && coding !== undefined) {
    throw new ProtocolError(
      `something between here and the engine does not pass streams on: it answered with the ` +
        `transfer coding ${coding} (${request.target})`,
    );
  }
  const { connection, reader } = http;
  return {
    connection: {
      read: (buffer) => reader.read(buffer),
      write: (bytes) => connection.write(bytes),
      closeWrite: () => connection.closeWrite(),
      close: () => http.close(),
    },
    contentType: response.headers.get("content-type") ?? "",
  };
}

/**
 * Whether a stream is multiplexed. Engines say so from API 1.42 on; before that it is, unless the
 * process has a terminal.
 */
export function isMultiplexed({ contentType }: Hijacked, tty: boolean): boolean {
  return contentType === MULTIPLEXED_STREAM || !tty;
}

/** Tells a stream from a refusal. */
export function isHijacked(answer: Hijacked | Response): answer is Hijacked {
  return "connection" in answer;
}
