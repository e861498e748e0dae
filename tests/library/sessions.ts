/** What the tests of the library share. */
import { assertEquals } from "@std/assert";
import { Client, type Connection, type Session } from "@dockerpty/dockerpty";
import { type Container, container } from "../harness/engine.ts";
import { network } from "../harness/network.ts";

/** A client of the tests' engine. */
export const client = new Client();

/** Options of every `run` here. */
export const bare = { network, remove: true } as const;

/** A container to run execs in, which does nothing itself. */
export function idle(): Promise<Container> {
  return container({ cmd: ["cat"], openStdin: true });
}

/** Reads a session to its end, and checks what it was. */
export async function assertOutput(
  session: Session,
  expected: { code?: number; stdout?: string; stderr?: string },
): Promise<void> {
  const { status, stdout, stderr } = await session.output();
  assertEquals({ status, stdout: text(stdout), stderr: text(stderr) }, {
    status: { reason: "exited", code: expected.code ?? 0 },
    stdout: expected.stdout ?? "",
    stderr: expected.stderr ?? "",
  });
}

/** Bytes as text, and the other way. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** See {@linkcode text}. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Reads from a stream until it has given `wanted`, and leaves the rest to others. */
export async function readUntil(stream: ReadableStream<Uint8Array>, wanted: string): Promise<void> {
  const reader = stream.getReader();
  let seen = "";
  try {
    while (!seen.includes(wanted)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`waited for ${wanted}: the output ended: ${JSON.stringify(seen)}`);
      seen += text(value);
    }
  } finally {
    reader.releaseLock();
  }
}

/** A dial that tells of what passes: each request line before and after it is sent, and each read. */
export function watchedDial(
  watch: {
    request?: (line: string) => void;
    sent?: (line: string) => void;
    read?: (count: number) => void;
  },
): (endpoint: { transport: string }) => Promise<Connection> {
  return async (endpoint) => {
    if (endpoint.transport !== "unix") throw new Error("tests speak to unix:// engines");
    const connection = await Deno.connect(endpoint as Deno.UnixConnectOptions);
    return {
      read: async (buffer) => {
        const count = await connection.read(buffer);
        watch.read?.(count ?? 0);
        return count;
      },
      write: async (bytes) => {
        const line = /^[A-Z]+ \/\S*(?= HTTP\/1\.1\r\n)/.exec(text(bytes));
        if (line !== null) watch.request?.(line[0]);
        const count = await connection.write(bytes);
        if (line !== null) watch.sent?.(line[0]);
        return count;
      },
      closeWrite: () => connection.closeWrite(),
      close: () => connection.close(),
    };
  };
}
