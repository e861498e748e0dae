/**
 * An engine on a unix socket that creates nothing: it takes down what it is asked to create, and
 * refuses. So the two command lines can be compared without a container, an image or an engine.
 */

/** A request to create a container. */
export interface CreateRequest {
  /** The query: the name and the platform. */
  query: Record<string, string>;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** What a create is refused with. */
export const REFUSAL = "taken down";

/** Takes requests down, until it is disposed of. */
export class CreateRecorder implements AsyncDisposable {
  /** The requests so far. */
  readonly requests: CreateRequest[] = [];
  /** The paths of all the calls so far. */
  readonly calls: string[] = [];
  /** Its address, for `DOCKER_HOST`. */
  readonly host: string;
  readonly #directory: string;
  readonly #server: Deno.HttpServer<Deno.UnixAddr>;

  /** Begins to listen, and speaks up to the version `apiVersion`. */
  constructor(readonly apiVersion: string) {
    this.#directory = Deno.makeTempDirSync({ prefix: "dockerpty-create-" });
    const path = `${this.#directory}/engine.sock`;
    this.host = `unix://${path}`;
    this.#server = Deno.serve({ path, onListen() {} }, (request) => this.#answer(request));
  }

  /** The requests since the last call of this. */
  take(): CreateRequest[] {
    this.calls.length = 0;
    return this.requests.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    this.calls.push(pathname);
    const headers = {
      "api-version": this.apiVersion,
      "ostype": "linux",
      "server": "Recorder (linux)",
      // One connection a request: none is idle when the server is to stop.
      "connection": "close",
    };
    if (pathname === "/_ping") return new Response("OK", { headers });
    if (pathname.endsWith("/containers/create")) {
      this.requests.push({ query: Object.fromEntries(searchParams), body: await request.json() });
      return Response.json({ message: REFUSAL }, { status: 400, headers });
    }
    return Response.json({ message: `no ${pathname} here` }, { status: 501, headers });
  }
}
