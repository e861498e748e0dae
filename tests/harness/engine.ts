/** Containers on a real engine for tests to act on, and the tests that need one. */
import { host, request, streams } from "./engine_api.ts";
import { until } from "./until.ts";

/** The part of an engine's answer about a container's state that the tests look at. */
export interface State {
  Status: string;
  Running: boolean;
  Paused: boolean;
  ExitCode: number;
  Pid: number;
  OOMKilled: boolean;
}

/** How a container for a test is made. */
export interface ContainerOptions {
  cmd?: string[];
  image?: string;
  tty?: boolean;
  openStdin?: boolean;
  stdinOnce?: boolean;
  logDriver?: string;
  name?: string;
  env?: string[];
  /** @default {true} */
  start?: boolean;
  /** Fields of the engine's create request to add, or to put in place of the ones above. */
  config?: Record<string, unknown>;
  /** The same, for its `HostConfig`. */
  hostConfig?: Record<string, unknown>;
}

let names = 0;

/** A name no other container has; all begin alike, so that leftovers are found. */
export function uniqueName(): string {
  return `dockerpty-test-${Deno.pid}-${Date.now().toString(36)}-${++names}`;
}

/** A container by its name, which is removed by force at the end, whatever became of it. */
export class Container implements AsyncDisposable {
  constructor(readonly name: string, readonly id: string = name) {}

  // deno-lint-ignore no-explicit-any
  async inspect(): Promise<any> {
    return (await request("GET", `/containers/${this.id}/json`)).json();
  }

  async state(): Promise<State> {
    return (await this.inspect()).State;
  }

  /** Whether the engine has it at all: one with `--rm` goes by itself. */
  async exists(): Promise<boolean> {
    const { status, text } = await request("GET", `/containers/${this.id}/json`, {
      allow: [404, 500],
    });
    // Podman answers with 500 while it removes a container.
    return status === 200 || status === 500 && !text().includes("no such container");
  }

  async logs(): Promise<{ stdout: string; stderr: string }> {
    const tty = (await this.inspect()).Config.Tty;
    const logs = await request("GET", `/containers/${this.id}/logs?stdout=1&stderr=1`);
    return tty ? { stdout: logs.text(), stderr: "" } : streams(logs.body);
  }

  /** Runs a command in it to its end. */
  async exec(cmd: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { Id } = (await request("POST", `/containers/${this.id}/exec`, {
      body: { Cmd: cmd, AttachStdout: true, AttachStderr: true },
    })).json();
    const output = await request("POST", `/exec/${Id}/start`, {
      body: { Detach: false, Tty: false },
    });
    const inspect = async () => (await request("GET", `/exec/${Id}/json`)).json();
    const ended = await until(async () => {
      const exec = await inspect();
      return !exec.Running && exec;
    }, { what: `the end of ${cmd.join(" ")} in ${this.name}` });
    return { code: ended.ExitCode, ...streams(output.body) };
  }

  /** The command lines of what runs in it, without the look itself. */
  async processes(): Promise<string[]> {
    const { stdout } = await this.exec(["ps", "-o", "args"]);
    const lines = stdout.split("\n").map((line) => line.trim());
    // One in brackets has ended, and waits for a parent that may never ask.
    return lines.filter((line) => line && !/^(COMMAND|ps -o args|\[.*\])$/.test(line));
  }

  async start(): Promise<void> {
    await request("POST", `/containers/${this.id}/start`);
  }

  async restart(): Promise<void> {
    await request("POST", `/containers/${this.name}/restart?t=0`);
  }

  async kill(signal = "KILL"): Promise<void> {
    await request("POST", `/containers/${this.id}/kill?signal=${signal}`);
  }

  async pause(): Promise<void> {
    await request("POST", `/containers/${this.id}/pause`);
  }

  async unpause(): Promise<void> {
    await request("POST", `/containers/${this.id}/unpause`);
  }

  async rename(name: string): Promise<void> {
    await request("POST", `/containers/${this.id}/rename?name=${name}`);
  }

  /** Resolves when it runs no more, with the state it ended in. */
  stopped(timeout?: number): Promise<State> {
    return until(async () => {
      const state = await this.state();
      // Podman calls it stopped for the moment before it has tidied up.
      return !/^(created|stopped)$/.test(state.Status) && !state.Running && state;
    }, { what: `${this.name} to stop`, timeout });
  }

  /** Resolves when the engine has it no more. */
  async removed(timeout?: number): Promise<void> {
    await until(async () => !await this.exists(), { what: `${this.name} to be removed`, timeout });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // 404: it was removed already; 409: it is being removed. Both will do. 500: Podman refuses in
    // the moment in which it ends.
    const allow = [404, 409, 500];
    const { status } = await until(async () => {
      const answer = await request("DELETE", `/containers/${this.id}?force=1&v=1`, { allow });
      return answer.status !== 500 && answer;
    }, { what: `the removal of ${this.name}`, interval: 50 });
    if (status === 409) await this.removed();
  }
}

/** Makes a container, without a network, and starts it unless told otherwise. */
export async function container(options: ContainerOptions = {}): Promise<Container> {
  const name = options.name ?? uniqueName();
  const { Id } = (await request("POST", `/containers/create?name=${name}`, {
    body: {
      Image: options.image ?? "busybox",
      Cmd: options.cmd,
      Env: options.env,
      Tty: options.tty ?? false,
      OpenStdin: options.openStdin ?? false,
      StdinOnce: options.stdinOnce ?? false,
      AttachStdin: options.openStdin ?? false,
      AttachStdout: true,
      AttachStderr: true,
      Labels: { "dockerpty.test": "1" },
      // Docker needs half the time then; Podman goes by the mode.
      NetworkDisabled: true,
      HostConfig: {
        NetworkMode: "none",
        ...(options.logDriver ? { LogConfig: { Type: options.logDriver } } : {}),
        ...options.hostConfig,
      },
      ...options.config,
    },
  })).json();
  const made = new Container(name, Id);
  try {
    if (options.start ?? true) await made.start();
  } catch (error) {
    await made[Symbol.asyncDispose]();
    throw error;
  }
  return made;
}

/** A container that the command under test will make, by this name; removed like the others. */
export function containerToCome(name: string = uniqueName()): Container {
  return new Container(name);
}

/** What the engine says of itself. */
export async function engineVersion(): Promise<
  { Version: string; ApiVersion: string; podman: boolean }
> {
  const version = (await request("GET", "/version")).json();
  const components: { Name: string }[] = version.Components ?? [];
  return { ...version, podman: components.some(({ Name }) => Name.startsWith("Podman")) };
}

// An engine that is busy may take its time; one that is not there is known at once.
const noEngine: unknown = await request("GET", "/_ping").then(() => null, (error) => error);

/** How long a test may take at most, and whether Deno's sanitizers watch it. */
export interface TestOptions {
  /** In milliseconds; a last resort, since whatever is waited for has a limit of its own. */
  limit?: number;
  ignore?: boolean;
  /** Both sanitizers. @default {true} */
  sanitize?: boolean;
}

/** A test that needs an engine; where none answers it is ignored, and says so. */
export function testWithEngine(
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  { limit = 180_000, ignore = false, sanitize = true }: TestOptions = {},
): void {
  if (noEngine) console.error(`SKIPPED ${name}: no engine at ${host} (${noEngine})`);
  Deno.test({
    name,
    fn,
    ignore: ignore || noEngine !== null,
    timeout: limit,
    // Deno leaves these off unless asked for.
    sanitizeOps: sanitize,
    sanitizeResources: sanitize,
  });
}
