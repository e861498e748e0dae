/** A relay in front of the engine's socket that loses connections, cuts streams and keeps answers. */
import { host } from "../harness/engine_api.ts";

/** A connection that goes through. */
interface Line {
  client: Deno.UnixConn;
  engine: Deno.UnixConn;
  /** The last request's method and path. */
  request: string;
  /** Whether it is a process's stream by now. */
  hijacked: boolean;
}

/** Everything that a client sends to the engine, and back, as long as it is let. */
export class Relay implements AsyncDisposable {
  readonly #streamBegun = Promise.withResolvers<void>();
  readonly #listener: Deno.UnixListener;
  readonly #lines = new Set<Line>();
  readonly #pumps = new Set<Promise<void>>();
  readonly #folder: string;
  #truncateAt = Infinity;
  #held: RegExp | undefined;
  readonly #seen = Promise.withResolvers<void>();
  readonly #release = Promise.withResolvers<void>();
  readonly #streamEnded = Promise.withResolvers<void>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#listener = Deno.listen({ transport: "unix", path: `${folder}/engine.sock` });
    this.#accept();
  }

  static async open(): Promise<Relay> {
    return new Relay(await Deno.makeTempDir({ prefix: "dockerpty-parity-" }));
  }

  /** Where the relay is, as in DOCKER_HOST. */
  get host(): string {
    return `unix://${this.#folder}/engine.sock`;
  }

  /** Loses all connections, or those that are streams alone. */
  cut(which: "all" | "streams" = "all"): void {
    for (const line of this.#lines) if (which === "all" || line.hijacked) close(line);
  }

  /** Ends a stream after so many of its bytes. */
  truncateStreams(bytes: number): void {
    this.#truncateAt = bytes;
  }

  /** Keeps the answers to such requests until {@linkcode release}. */
  hold(request: RegExp): void {
    this.#held = request;
  }

  /** Resolves when an answer is kept. */
  get holding(): Promise<void> {
    return this.#seen.promise;
  }

  release(): void {
    this.#release.resolve();
  }

  /** Resolves when a stream has begun. */
  get streamBegun(): Promise<void> {
    return this.#streamBegun.promise;
  }

  /** Resolves when the engine has ended a stream. */
  get streamEnded(): Promise<void> {
    return this.#streamEnded.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.release();
    this.cut();
    await Promise.all(this.#pumps);
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #accept(): Promise<void> {
    // A listener that is closed ends the iteration.
    for await (const client of this.#listener) {
      const engine = await Deno.connect({ transport: "unix", path: host.slice("unix://".length) });
      const line: Line = { client, engine, request: "", hijacked: false };
      this.#lines.add(line);
      for (const pump of [this.#up(line), this.#down(line)]) {
        this.#pumps.add(pump);
        pump.finally(() => this.#pumps.delete(pump));
      }
    }
  }

  async #up(line: Line): Promise<void> {
    await pump(line.client, line.engine, (bytes) => {
      if (!line.hijacked) {
        const head = new TextDecoder().decode(bytes.subarray(0, 400));
        line.request = /^[A-Z]+ \S+/.exec(head)?.[0] ?? line.request;
      }
      return bytes;
    });
  }

  async #down(line: Line): Promise<void> {
    let head = "";
    let streamed = 0;
    await pump(line.engine, line.client, async (bytes) => {
      let stream = bytes;
      if (!line.hijacked) {
        const text = new TextDecoder("latin1").decode(bytes);
        if (this.#held?.test(line.request)) await this.#keep(text);
        head += text;
        const end = head.indexOf("\r\n\r\n") + 4;
        if (!/^HTTP\/1.1 101 /.test(head)) head = "";
        if (head === "" || end < 4) return bytes;
        line.hijacked = true;
        this.#streamBegun.resolve();
        stream = bytes.subarray(bytes.length - (head.length - end));
      }
      const over = streamed + stream.length - this.#truncateAt;
      streamed += stream.length;
      if (over <= 0) return bytes;
      await write(line.client, bytes.subarray(0, bytes.length - over));
      close(line);
      return new Uint8Array();
    });
    if (line.hijacked) this.#streamEnded.resolve();
    else close(line);
  }

  /** The head of a wait's answer comes at once: only its body tells of the process's end. */
  async #keep(answer: string): Promise<void> {
    if (!/"(?:StatusCode|Running)":/.test(answer)) return;
    this.#seen.resolve();
    await this.#release.promise;
  }
}

async function pump(
  from: Deno.UnixConn,
  to: Deno.UnixConn,
  change: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      await write(to, await change(buffer.slice(0, count)));
    }
    await to.closeWrite();
  } catch {
    // One of the two is gone.
  }
}

async function write(to: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await to.write(bytes.subarray(written));
}

function close({ client, engine }: Line): void {
  for (const conn of [client, engine]) {
    try {
      conn.close();
    } catch {
      // It is closed already.
    }
  }
}
