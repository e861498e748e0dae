/** The example's server, running, and what is asked of it without a browser. */
import { type Container, container } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { until } from "../harness/until.ts";
import { Live } from "../engine/live.ts";
import { socket } from "../engine/permitted.ts";

const script = new URL("../../examples/web_terminal.ts", import.meta.url).pathname;

/** A container to open shells in. */
export function box(): Promise<Container> {
  return container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
}

/** The example, run with the permissions that it names and no more. */
export class WebTerminal implements AsyncDisposable {
  private constructor(readonly live: Live) {}

  static async start(...args: string[]): Promise<WebTerminal> {
    const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt"];
    const net = `--allow-net=unix:${socket},127.0.0.1`;
    const grants = [`--allow-read=${socket}`, `--allow-write=${socket}`, net];
    const argv = [...deno, ...grants, "--allow-env=DOCKER_HOST", script, ...args];
    const live = new Live([], { argv, env: { DOCKER_HOST: host } });
    try {
      await live.waitFor("watch at: ");
    } catch (error) {
      await live[Symbol.asyncDispose]();
      throw error;
    }
    return new WebTerminal(live);
  }

  /** The address to type at. */
  get typeUrl(): string {
    return /type at: +(\S+)/.exec(this.live.stdout)![1];
  }

  /** The address to watch at. */
  get watchUrl(): string {
    return /watch at: +(\S+)/.exec(this.live.stdout)![1];
  }

  get port(): number {
    return Number(new URL(this.typeUrl).port);
  }

  /** The memory it has in use, in MiB. */
  memory(): number {
    const status = Deno.readTextFileSync(`/proc/${this.live.child.pid}/status`);
    return Number(/VmRSS:\s*(\d+)/.exec(status)![1]) / 1024;
  }

  /** Asks for a WebSocket as a browser would, and tells the answer's status. */
  async upgrade(path: string, headers: Record<string, string>): Promise<number> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const all = {
      Host: `127.0.0.1:${this.port}`,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": btoa("0123456789abcdef"),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const buffer = new Uint8Array(1024);
    const count = await connection.read(buffer) ?? 0;
    return Number(new TextDecoder().decode(buffer.subarray(0, count)).split(" ")[1]);
  }

  /** Ends it as Ctrl-C does, so that it takes its session with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    let ended = false;
    this.live.status.then(() => ended = true);
    try {
      this.live.kill("SIGTERM");
      await until(() => ended, { what: "the server's end", timeout: 60_000 });
    } catch {
      // It had ended, or has to be killed.
    }
    await this.live[Symbol.asyncDispose]();
  }
}

/** A page's socket without the page: `url` is its address. */
export function socketOf(url: string, seat = "12345678"): WebSocket {
  const { origin, pathname, host } = new URL(url);
  const way = `ws://${host}${pathname}session?seat=${seat}&page=${seat}`;
  // The browsers' types, which the tests have as well, know no headers.
  return new WebSocket(way, { headers: { origin } } as unknown as string[]);
}

/** A way to a port that can be cut. */
export class Relay implements AsyncDisposable {
  readonly origin: string;
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #connections = new Set<Deno.Conn>();
  #served: Promise<void> | undefined;
  #away = false;
  /** Whether what pages send is lost on the way. */
  loses = false;
  /** How many bytes were. */
  lost = 0;

  constructor() {
    this.origin = `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Lets whoever connects through to a port. */
  open(port: number): void {
    this.#served = this.#serve(port);
  }

  /** Closes all connections; new ones are closed, too, until {@linkcode heal}. */
  cut(): void {
    this.#away = true;
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // Its streams have closed it.
      }
    }
    this.#connections.clear();
  }

  /** Takes connections again. */
  heal(): void {
    this.#away = false;
    this.loses = false;
  }

  async #serve(port: number): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#away) {
        client.close();
        continue;
      }
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#connections.add(client).add(server);
      const losing = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (bytes, controller) => {
          if (this.loses) this.lost += bytes.length;
          else controller.enqueue(bytes);
        },
      });
      client.readable.pipeThrough(losing).pipeTo(server.writable).catch(() => {});
      server.readable.pipeTo(client.writable).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#served?.catch(() => {});
  }
}
