import { bytes } from "./bytes.ts";
import type { FakeConnection } from "./connection_pair.ts";
import { type FakeEngine, json, NO_CONTENT, upgraded } from "./engine.ts";

/** A container of a {@link FakeEngine}'s: the tests play its process. */
export class FakeContainer {
  /** Its id. */
  readonly id = "c0ffee";
  /** The engine's end of the attached stream, once somebody is attached. */
  readonly attached: Promise<FakeConnection>;
  /** The engine's end of the connection on which its end is waited for. */
  readonly waited: Promise<FakeConnection>;
  /** What is told of its state. */
  readonly state = { Running: true, Paused: false, Restarting: false };

  constructor(
    engine: FakeEngine,
    { tty = false, openStdin = true, stdinOnce = true, autoRemove = false } = {},
  ) {
    const attached = Promise.withResolvers<FakeConnection>();
    const waited = Promise.withResolvers<FakeConnection>();
    this.attached = attached.promise;
    this.waited = waited.promise;
    const path = `/containers/${this.id}`;
    const inspect = () =>
      json(200, {
        Id: this.id,
        State: this.state,
        Config: { Tty: tty, OpenStdin: openStdin, StdinOnce: stdinOnce },
        HostConfig: { AutoRemove: autoRemove },
      });
    engine.on("POST /containers/create", () => json(201, { Id: this.id, Warnings: [] }));
    engine.on(`GET ${path}/json`, inspect);
    engine.on("GET /containers/box/json", inspect);
    engine.on(`POST ${path}/attach`, async ({ connection }) => {
      await connection.send(upgraded());
      attached.resolve(connection);
    });
    engine.on(`POST ${path}/wait`, async ({ connection }) => {
      await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      waited.resolve(connection);
    });
    for (const action of ["start", "resize", "kill"]) {
      engine.on(`POST ${path}/${action}`, () => NO_CONTENT);
    }
    engine.on(`DELETE ${path}`, () => NO_CONTENT);
  }

  /** Writes output on the attached stream: it must be framed where there is no tty. */
  async write(output: string | Uint8Array): Promise<void> {
    await (await this.attached).send(output);
  }

  /** Ends its process, its output, and the wait for it. */
  async exit(code: number, error?: { Message: string }): Promise<void> {
    (await this.attached).close();
    const wait = await this.waited;
    const answer = JSON.stringify({ StatusCode: code, Error: error });
    await wait.send(`${bytes(answer).length.toString(16)}\r\n${answer}\r\n0\r\n\r\n`);
    wait.close();
  }
}
