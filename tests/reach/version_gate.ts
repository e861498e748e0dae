/** A socket in front of the tests' engine that speaks one version of the API only. */
import { engineVersion } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";

/** An engine of one version; its socket is removed at the end. */
export class VersionGate implements AsyncDisposable {
  /** Where it listens, as `--host` takes it. */
  readonly host: string;
  /** The versions that were asked for. */
  readonly asked = new Set<string>();
  readonly #folder: string;
  readonly #listener: Deno.UnixListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #ends: Promise<unknown>[] = [];

  private constructor(readonly version: string, readonly real: string) {
    this.#folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
    const path = `${this.#folder}/gate.sock`;
    this.host = `unix://${path}`;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#ends.push(this.#serve());
  }

  /** Opens it: what it is asked in `version` the engine behind is asked in its own. */
  static async open(version: string): Promise<VersionGate> {
    const { ApiVersion } = await engineVersion();
    // As many characters in every version, so that no length changes.
    return new VersionGate(version, ApiVersion);
  }

  async #serve(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        this.#open.add(client);
        this.#ends.push(this.#join(client));
      }
    } catch {
      // The listener was closed in the middle of an accept.
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    const engine = await Deno.connect({ transport: "unix", path: host.slice("unix://".length) });
    this.#open.add(engine);
    const there = copy(client, engine, async (text) => {
      const line = /^([A-Z]+) \/v([\d.]+)\//.exec(text);
      if (line === null) return text;
      this.asked.add(line[2]);
      if (line[2] === this.version) return text.replace(`/v${this.version}/`, `/v${this.real}/`);
      const body = JSON.stringify({
        message: `client version ${line[2]} is not supported: this engine speaks ${this.version}`,
      });
      const head = `HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n\r\n`;
      await client.write(new TextEncoder().encode(head + body));
      return "";
    });
    const back = copy(
      engine,
      client,
      (text) =>
        Promise.resolve(text.replace(/^(HTTP.*?\r\nApi-Version: )[\d.]+/s, `$1${this.version}`)),
    );
    await Promise.all([there, back]);
    for (const connection of [client, engine]) {
      if (this.#open.delete(connection)) connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    await Promise.all(this.#ends);
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Copies one direction, with its end; a request or an answer begins at the beginning of a read. */
async function copy(
  from: Deno.Conn,
  to: Deno.Conn,
  change: (text: string) => Promise<string>,
): Promise<void> {
  const buffer = new Uint8Array(65536);
  const decoder = new TextDecoder("latin1");
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      const changed = await change(decoder.decode(buffer.subarray(0, count)));
      const bytes = Uint8Array.from(changed, (character) => character.charCodeAt(0));
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
    await to.closeWrite();
  } catch {
    // One of the sides is gone.
  }
}
