import type { FakeConnection } from "./connection_pair.ts";
import { type FakeEngine, json, NO_CONTENT, upgraded } from "./engine.ts";

/** An exec of a {@link FakeEngine}'s, in the container `box`: the tests play its process. */
export class FakeExec {
  /** Its id. */
  readonly id = "e4ec";
  /** The engine's end of its stream, once it has been started. */
  readonly started: Promise<FakeConnection>;
  /** What is told of it. */
  readonly state: { Running: boolean; ExitCode: number | null; Pid: number; ContainerID: string } =
    {
      Running: true,
      ExitCode: null,
      Pid: 4711,
      ContainerID: "box",
    };

  constructor(engine: FakeEngine) {
    const started = Promise.withResolvers<FakeConnection>();
    this.started = started.promise;
    engine.on("POST /containers/box/exec", () => json(201, { Id: this.id }));
    engine.on(`GET /exec/${this.id}/json`, () => json(200, this.state));
    engine.on(`POST /exec/${this.id}/resize`, () => NO_CONTENT);
    engine.on(`POST /exec/${this.id}/start`, async ({ body, connection }) => {
      if ((body as { Detach: boolean }).Detach) {
        return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      }
      await connection.send(upgraded());
      started.resolve(connection);
    });
  }

  /** Writes output on its stream: it must be framed where there is no tty. */
  async write(output: string | Uint8Array): Promise<void> {
    await (await this.started).send(output);
  }

  /** Ends its process and its output. */
  async exit(code: number): Promise<void> {
    this.state.Running = false;
    this.state.ExitCode = code;
    (await this.started).close();
  }
}
