/** A scripted engine on a unix socket, for the real command to speak to. */
import { type PipedOptions, type PipedResult, runPiped } from "../harness/command.ts";
import type { FakeConnection } from "../fakes/connection_pair.ts";
import { FakeEngine } from "../fakes/engine.ts";

/** The options of a test in which the real command runs: it must not hang for ever. */
export const LIMITED = { timeout: 180_000 };

/** Runs the command, with time enough on a machine that has other things to do. */
export function run(args: string[], options: PipedOptions): Promise<PipedResult> {
  return runPiped(args, { timeout: 120_000, ...options });
}

/** A {@linkcode FakeEngine} behind a socket. */
export class ServedEngine extends FakeEngine implements AsyncDisposable {
  /** Its address. */
  readonly host: string;
  readonly #folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
  readonly #listener: Deno.UnixListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #ends: Promise<unknown>[] = [];

  constructor() {
    super();
    const path = `${this.#folder}/engine.sock`;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.host = `unix://${path}`;
    this.#ends.push(this.#accept());
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        this.#open.add(client);
        const inside = await this.dial({ transport: "unix", path: "/fake" }) as FakeConnection;
        this.#ends.push(this.#there(client, inside), this.#back(inside, client));
      }
    } catch {
      // The listener was closed in the middle of an accept.
    }
  }

  async #there(from: Deno.Conn, to: FakeConnection): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        await to.send(buffer.subarray(0, count));
      }
      await to.closeWrite();
    } catch {
      // One of the sides is gone.
    }
  }

  async #back(from: FakeConnection, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
    } catch {
      // One of the sides is gone.
    }
    this.#drop(to);
  }

  #drop(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) this.#drop(connection);
    for (const connection of this.connections) connection.close();
    await Promise.all(this.#ends);
    await Deno.remove(this.#folder, { recursive: true });
  }
}
