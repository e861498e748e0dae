/** A real dockerd behind TLS that verifies its clients, with a CA of its own. */
import { Authority, encrypted, type Issued } from "./certificates.ts";
import { dockerd, dockerdEnv } from "./dockerd.ts";
import { request } from "./engine_api.ts";
import { findCommand, freePort, KeptProcess, privateFolder } from "./kept_process.ts";

/** Why there can be none on this machine; undefined where there can. */
export function noTlsEngine(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "a dockerd needs Linux and root";
  if (dockerd() === undefined) return "there is no dockerd (DOCKERPTY_TEST_DOCKERD_PATH)";
  return findCommand("openssl") === undefined ? "there is no openssl" : undefined;
}

/** The engine, its CA, and the certificates that the tests come with. */
export class TlsEngine implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    readonly port: number,
    /** The CA that signed the engine's certificate, and that its clients' must be signed by. */
    readonly ca: string,
    /** A CA that signed neither. */
    readonly otherCa: string,
    readonly client: Issued,
    readonly expiredClient: Issued,
    readonly strangeClient: Issued,
    /** The right client's key, encrypted. */
    readonly encryptedKey: string,
    /** A certificate for 127.0.0.1 by the engine's CA whose time is over. */
    readonly expiredServer: Issued,
  ) {}

  #process!: KeptProcess;

  /** Starts it, with the image that the tests' engine has. */
  static async start(): Promise<TlsEngine> {
    const folder = privateFolder();
    try {
      return await start(folder);
    } catch (error) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      throw error;
    }
    async function start(folder: string): Promise<TlsEngine> {
      const [authority, other] = await Promise.all([
        Authority.make(folder, "ca"),
        Authority.make(folder, "other-ca"),
      ]);
      const host = "IP:127.0.0.1";
      const server = await authority.issue("server", { host });
      const client = await authority.issue("client");
      const engine = new TlsEngine(
        folder,
        freePort(),
        authority.ca,
        other.ca,
        client,
        await authority.issue("expired-client", { expired: true }),
        await other.issue("strange-client"),
        await encrypted(client.key),
        await authority.issue("expired-server", { host, expired: true }),
      );
      await Deno.mkdir(engine.certs);
      await Deno.copyFile(engine.ca, `${engine.certs}/ca.pem`);
      await Deno.copyFile(client.cert, `${engine.certs}/cert.pem`);
      await Deno.copyFile(client.key, `${engine.certs}/key.pem`);
      await engine.#start(server);
      return engine;
    }
  }

  /** Its address, which its certificate is for. */
  get host(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  /** A folder with the files of a client that it takes, under docker's names for them. */
  get certs(): string {
    return `${this.folder}/certs`;
  }

  /** The flags of a client that it takes. */
  get flags(): string[] {
    return ["-H", this.host, ...this.verify(this.ca, this.client)];
  }

  /** The flags for these files. */
  verify(ca: string, client?: Partial<Issued>): string[] {
    return [
      ...["--tlsverify", "--tlscacert", ca],
      ...client?.cert === undefined ? [] : ["--tlscert", client.cert],
      ...client?.key === undefined ? [] : ["--tlskey", client.key],
    ];
  }

  /** One request to it, by the unix socket that it listens at as well. */
  async request(method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> {
    using client = Deno.createHttpClient({
      proxy: { transport: "unix", path: this.#socket },
      poolMaxIdlePerHost: 0,
    });
    const signal = AbortSignal.timeout(60_000);
    const response = await fetch(`http://engine${path}`, { client, method, body, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return new Response(text, response);
  }

  get #socket(): string {
    return `${this.folder}/docker.sock`;
  }

  async #start(server: Issued): Promise<void> {
    const { folder } = this;
    await Deno.writeTextFile(`${folder}/daemon.json`, "{}");
    const argv = [
      // Mounts of its own, which end with it.
      ...["unshare", "--mount", "--propagation", "slave", dockerd()!],
      ...["--config-file", `${folder}/daemon.json`, "--pidfile", `${folder}/dockerd.pid`],
      ...["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`],
      ...["--host", `unix://${this.#socket}`, "--host", this.host],
      ...["--tlsverify", "--tlscacert", this.ca, "--tlscert", server.cert, "--tlskey", server.key],
      ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
    ];
    this.#process = await KeptProcess.start(argv, {
      folder,
      env: dockerdEnv(),
      ready: () => this.request("GET", "/_ping").then(() => true, () => false),
    });
    try {
      const image = await request("GET", "/images/busybox:latest/get");
      await this.request("POST", "/images/load", image.body as Uint8Array<ArrayBuffer>);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const containers = await (await this.request("GET", "/containers/json?all=1")).json();
      for (const { Id } of containers) {
        await this.request("DELETE", `/containers/${Id}?force=1`).catch(() => {});
      }
    } finally {
      await this.#process[Symbol.asyncDispose]();
    }
  }
}
