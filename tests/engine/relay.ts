/** A socket between the command and the engine, to see what passes, and to cut it. */
import { host } from "../harness/engine_api.ts";
import { until } from "../harness/until.ts";

/** A connection that was made to a relay, and the relay's own to the engine. */
interface Joined {
  client: Deno.Conn;
  engine: Deno.Conn;
  /** The request line that passed last. */
  request: string;
}

/** A relay to the tests' engine; its socket is removed at the end. */
export class Relay implements AsyncDisposable {
  /** Where it listens, as `--host` takes it. */
  readonly host: string;
  /** The request lines that have passed, such as `POST /v1.41/containers/create`. */
  readonly requests: string[] = [];
  /** How many connections were made to it. */
  accepted = 0;
  #folder: string;
  #path: string;
  #listener: Deno.UnixListener;
  #listening = true;
  #joined = new Set<Joined>();
  #ends: Promise<unknown>[] = [];

  constructor() {
    this.#folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
    this.#path = `${this.#folder}/relay.sock`;
    this.host = `unix://${this.#path}`;
    this.#listener = Deno.listen({ transport: "unix", path: this.#path });
    this.#ends.push(this.#serve());
  }

  /** Waits until `times` requests that match `pattern` have passed. */
  async passed(pattern: RegExp, times = 1): Promise<void> {
    const enough = () => this.requests.filter((line) => pattern.test(line)).length >= times;
    await until(enough, { what: () => `${pattern}, ${times} times, in ${this.requests}` });
  }

  /** Cuts the connections whose last request matches `pattern`; new ones are served. */
  cut(pattern = /^/): void {
    for (const joined of this.#joined) if (pattern.test(joined.request)) this.#part(joined);
  }

  /** Cuts every connection, and takes no more. */
  stop(): void {
    if (this.#listening) this.#listener.close();
    this.#listening = false;
    this.cut();
  }

  /** Takes connections again. */
  again(): void {
    this.#listener = Deno.listen({ transport: "unix", path: this.#path });
    this.#listening = true;
    this.#ends.push(this.#serve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await Promise.all(this.#ends);
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #serve(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        this.accepted++;
        const path = host.slice("unix://".length);
        const engine = await Deno.connect({ transport: "unix", path });
        const joined = { client, engine, request: "" };
        this.#joined.add(joined);
        if (!this.#listening) this.#part(joined);
        this.#ends.push(this.#join(joined));
      }
    } catch {
      // The listener was closed in the middle of an accept.
    }
  }

  async #join(joined: Joined): Promise<void> {
    const { client, engine } = joined;
    const look = (bytes: Uint8Array) => {
      const line = /^[A-Z]+ \/\S*(?= HTTP\/1\.1\r\n)/.exec(new TextDecoder("latin1").decode(bytes));
      if (line === null) return;
      joined.request = line[0];
      this.requests.push(line[0]);
    };
    await Promise.all([
      copy(client, engine, look).catch(() => this.#part(joined)),
      copy(engine, client, () => {}).catch(() => this.#part(joined)),
    ]);
    this.#part(joined);
  }

  #part(joined: Joined): void {
    if (!this.#joined.delete(joined)) return;
    joined.client.close();
    joined.engine.close();
  }
}

/** Copies one direction, with its end. */
async function copy(
  from: Deno.Conn,
  to: Deno.Conn,
  look: (bytes: Uint8Array) => void,
): Promise<void> {
  const buffer = new Uint8Array(65536);
  for (let count; (count = await from.read(buffer)) !== null;) {
    const bytes = buffer.subarray(0, count);
    look(bytes);
    for (let at = 0; at < count;) at += await to.write(bytes.subarray(at));
  }
  await to.closeWrite();
}
