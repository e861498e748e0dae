/**
 * Encrypted connections to whoever answers, for docker's `--tls` and a context's `SkipTLSVerify`.
 * `Deno.connectTls` always verifies; Node's interface can be told not to.
 *
 * Deno's TLS sockets of Node's interface lose the end of a stream that was held back, so that they
 * never are here: what is held back is the encrypted stream under them.
 *
 * @module
 */
import { type Connection, writeAll } from "./connection.ts";
import type { TcpEndpoint } from "./endpoint.ts";
import { keepAlive } from "./keep_alive.ts";
import type { TlsMaterial } from "./tls.ts";

/** How much is read ahead of whoever reads the connection. */
const MAX_AHEAD = 1 << 18;

/** Connects without a look at the engine's certificate. */
export async function dialUnverified(
  { hostname, port }: TcpEndpoint,
  { cert, key }: TlsMaterial,
): Promise<Connection> {
  const [{ connect }, { Duplex }] = await Promise.all([import("node:tls"), import("node:stream")]);
  const tcp = await Deno.connect({ hostname, port });
  tcp.setNoDelay(true);
  keepAlive(tcp);
  const ahead = new ReadAhead();
  const encrypted = new Duplex({
    read() {
      readSome(tcp, ahead).then((bytes) => this.push(bytes), (error) => this.destroy(error));
    },
    write(bytes, _encoding, done) {
      writeAll(tcp, bytes).then(() => done(), done);
    },
    final(done) {
      tcp.closeWrite().then(() => done(), done);
    },
  });
  const socket = connect({ socket: encrypted, cert, key, rejectUnauthorized: false });
  for (const stream of [encrypted, socket]) stream.on("error", (error) => ahead.fail(error));
  socket.on("data", (bytes: Uint8Array) => ahead.push(bytes));
  socket.on("end", () => ahead.end());
  socket.on("close", () => ahead.end());
  const close = () => {
    ahead.end();
    socket.destroy();
    encrypted.destroy();
    try {
      tcp.close();
    } catch {
      // It is closed.
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      for (const stream of [encrypted, socket]) stream.once("error", reject);
    });
  } catch (error) {
    close();
    throw error;
  }
  return {
    read: (buffer) => ahead.read(buffer),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (ahead.failure !== undefined) return reject(ahead.failure);
        // The caller may use its buffer again as soon as this resolves.
        socket.write(bytes.slice(), (error) => error ? reject(error) : resolve(bytes.length));
      }),
    closeWrite: () => new Promise((resolve) => socket.end(resolve)),
    close,
  };
}

/** Reads encrypted bytes, once there is room for what is in them; null at the end. */
async function readSome(tcp: Deno.Conn, ahead: ReadAhead): Promise<Uint8Array | null> {
  await ahead.room();
  const buffer = new Uint8Array(1 << 16);
  const count = await tcp.read(buffer);
  return count === null ? null : buffer.subarray(0, count);
}

/** What has arrived and was not read yet. */
class ReadAhead {
  /** Why no more will come. */
  failure: unknown;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #ended = false;
  #arrived = () => {};
  #taken = () => {};

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    this.#arrived();
  }

  end(): void {
    this.#ended = true;
    this.#arrived();
    this.#taken();
  }

  fail(error: unknown): void {
    this.failure ??= error;
    this.#arrived();
  }

  /** Waits until less than the most is here. */
  async room(): Promise<void> {
    while (this.#length >= MAX_AHEAD && !this.#ended) {
      await new Promise<void>((resolve) => this.#taken = resolve);
    }
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#pieces.length === 0) {
      if (this.failure !== undefined) throw this.failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    const [piece] = this.#pieces;
    const bytes = piece.subarray(0, buffer.length);
    buffer.set(bytes);
    if (bytes.length === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.subarray(bytes.length);
    this.#length -= bytes.length;
    this.#taken();
    return bytes.length;
  }
}
