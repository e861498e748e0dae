/** One of the two clients that a scenario is driven with, and everything it leaves behind. */
import { commandEnv, dockerpty } from "../harness/command.ts";
import { Container, container, type ContainerOptions, uniqueName } from "../harness/engine.ts";
import { engine } from "./engines.ts";
import { Live, type LiveOptions, type Ran } from "./live.ts";

/** The clients: docker's own CLI is the reference. */
export type ClientName = "docker" | "dockerpty";

/** There is no such folder: the machine's own settings for docker must not matter. */
const NO_CONFIG = new URL("./no-config", import.meta.url).pathname;

/** For each client, a container that the scenarios of a file share; removed after the last one. */
const shared = new Map<ClientName, Promise<Container>>();
Deno.test.afterAll(async () => {
  for (const made of await Promise.allSettled(shared.values())) {
    if (made.status === "fulfilled") await made.value[Symbol.asyncDispose]();
  }
});

const IDLE: ContainerOptions = { cmd: ["cat"], openStdin: true };

/** What Podman writes into a stream when its other end is gone; at times, and with both clients. */
const PODMANS_OWN = /^Error: (?:read|write) unixpacket [^\n]*\n/gm;

/** How a client is run to its end. */
export interface RunOptions extends Omit<LiveOptions, "stdin"> {
  /** Written and then closed; `open` stays open and silent; `null` is /dev/null. @default {"null"} */
  stdin?: string | Uint8Array | "open" | "null";
  /** In milliseconds. */
  timeout?: number;
}

/** A client, and what was made with it: processes, containers, whatever else is to be disposed of. */
export class Side implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #names = new Map<string, string>();

  constructor(readonly client: ClientName) {}

  /** The command line of the client, which the environment chooses. */
  argv(args: string[]): string[] {
    return dockerpty(args);
  }

  /** What is set in the environment of the client alone. */
  get settings(): Record<string, string> {
    return {
      DOCKERPTY_UNDER_TEST: this.client,
      DOCKER_CONFIG: NO_CONFIG,
      DOCKER_CLI_HINTS: "false",
    };
  }

  env(extra: Record<string, string> = {}): Record<string, string> {
    return commandEnv({ ...this.settings, ...extra });
  }

  /** Disposes of `value` when the scenario is over. */
  use<T extends AsyncDisposable | Disposable | null>(value: T): T {
    return this.#stack.use(value);
  }

  defer(undo: () => void | Promise<void>): void {
    this.#stack.defer(async () => await undo());
  }

  /** A container that is made by the engine's API, the same for both clients. */
  async container(options: ContainerOptions = {}): Promise<Container> {
    return this.#known(this.use(await container(options)));
  }

  /** A container that the client will make by this name. */
  toCome(name: string = uniqueName()): Container {
    return this.#known(this.use(new Container(name)));
  }

  /** A container for execs, which does nothing itself. */
  idle(options: ContainerOptions = {}): Promise<Container> {
    return this.container({ ...IDLE, ...options });
  }

  /** The same, shared by the scenarios of a file: for those that leave nothing in it, nor end it. */
  async shared(): Promise<Container> {
    let made = shared.get(this.client);
    if (made === undefined) shared.set(this.client, made = container(IDLE));
    return this.#known(await made);
  }

  /** A file that is there until the scenario is over. */
  async file(content: string | Uint8Array): Promise<string> {
    const path = await Deno.makeTempFile({ prefix: "dockerpty-parity-" });
    this.defer(() => Deno.remove(path));
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    await Deno.chmod(path, 0o644);
    this.#names.set(path, "<file>");
    return path;
  }

  /** Starts the client, to act on it while it runs. */
  live(args: string[], options: LiveOptions = {}): Live {
    return this.use(new Live(this.argv(args), { ...options, env: this.env(options.env) }));
  }

  /** Runs the client on pipes, to its end. */
  async run(
    args: string[],
    { stdin = "null", timeout, ...options }: RunOptions = {},
  ): Promise<Ran> {
    const live = this.live(args, { ...options, stdin: stdin === "null" ? "null" : "piped" });
    const fed = stdin !== "null" && stdin !== "open" ? live.feed(stdin) : undefined;
    const [ran] = await Promise.all([live.end({ timeout }), fed]);
    return ran;
  }

  /** Takes out of a value what is each client's own: names, ids, paths. */
  anonymous(value: unknown): unknown {
    if (typeof value === "string") {
      let text = value;
      for (const [name, shown] of this.#names) text = text.replaceAll(name, shown);
      if (engine === "podman") text = text.replaceAll(PODMANS_OWN, "");
      return text.replace(/\b[0-9a-f]{64}\b/g, "<id>");
    }
    if (Array.isArray(value)) return value.map((item) => this.anonymous(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.anonymous(item)]),
    );
  }

  #known(box: Container): Container {
    // Before the id: that of a container to come is its name.
    this.#names.set(box.name, `<${["name", "other"][this.#boxes++] ?? this.#boxes}>`);
    return box;
  }
  #boxes = 0;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
