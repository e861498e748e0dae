/** A TCP relay in front of a server, to lose that in the middle of an answer. */

/** How the server is lost. */
export type Loss =
  /** Connections are cut, and no more are taken. */
  | "gone"
  /** Connections stay, and nothing comes any more. */
  | "silent";

/** A relay to a port of the loopback that loses it after so many bytes of answers. */
export class TcpRelay implements AsyncDisposable {
  /** Where it listens: `127.0.0.1:PORT`. */
  readonly host: string;
  /** Resolves when the server is lost. */
  readonly lost: Promise<void>;
  /** Resolves when whoever is connected then has left. */
  readonly left: Promise<void>;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #ends: Promise<unknown>[] = [];
  readonly #port: number;
  readonly #loss: Loss;
  readonly #lost = Promise.withResolvers<void>();
  readonly #left = Promise.withResolvers<void>();
  #bytes: number;

  constructor(port: number, { after, loss }: { after: number; loss: Loss }) {
    this.#port = port;
    this.#bytes = after;
    this.#loss = loss;
    this.host = `127.0.0.1:${this.#listener.addr.port}`;
    this.lost = this.#lost.promise;
    this.left = this.#left.promise;
    this.#ends.push(this.#serve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close(this.#listener);
    this.#cut();
    await Promise.all(this.#ends);
  }

  get #isLost(): boolean {
    return this.#bytes <= 0;
  }

  async #serve(): Promise<void> {
    try {
      for await (const client of this.#listener) this.#ends.push(this.#join(client));
    } catch {
      // The listener was closed in the middle of an accept.
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
      this.#open.add(server);
      await Promise.all([this.#copy(client, server, false), this.#copy(server, client, true)]);
    } catch {
      // One of the sides is gone.
    }
    this.#drop(client);
  }

  async #copy(from: Deno.Conn, to: Deno.Conn, counts: boolean): Promise<void> {
    const buffer = new Uint8Array(16384);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        if (counts && !this.#isLost && (this.#bytes -= count) <= 0) this.#lose();
        if (this.#isLost) continue;
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
    } finally {
      if (!counts && this.#isLost) this.#left.resolve();
      this.#drop(to);
    }
  }

  #lose(): void {
    this.#lost.resolve();
    if (this.#loss === "silent") return;
    this.#close(this.#listener);
    this.#cut();
  }

  #cut(): void {
    for (const connection of this.#open) this.#drop(connection);
  }

  #drop(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) this.#close(connection);
  }

  #close(closer: { close(): void }): void {
    try {
      closer.close();
    } catch {
      // It was closed before.
    }
  }
}
