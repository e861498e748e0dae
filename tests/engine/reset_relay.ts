/** A TCP port in front of the engine whose connections end by a reset, as when a machine on the way restarts. */
import { connect, createServer, type Socket } from "node:net";
import { host } from "../harness/engine_api.ts";

/** A relay to the tests' engine, which listens at a unix socket. */
export class ResetRelay implements AsyncDisposable {
  #clients = new Set<Socket>();
  // Half a connection stays open after the other one has ended.
  #server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: host.slice("unix://".length), allowHalfOpen: true });
    this.#clients.add(client);
    client.on("close", () => engine.destroy());
    for (const side of [client, engine]) side.on("error", () => {});
    client.pipe(engine).pipe(client);
  });

  /** Starts one; returns it, and where it listens, as `--host` takes it. */
  static async start(): Promise<ResetRelay> {
    const relay = new ResetRelay();
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** Where it listens, as `--host` takes it. */
  get host(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Sends everybody a reset. */
  reset(): void {
    for (const client of this.#clients) client.resetAndDestroy();
    this.#clients.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
