/** The command under test: where it is, and runs of it on pipes. */

const bin = new URL("./bin", import.meta.url).pathname;

/**
 * What is tested: this project's command, or docker's own CLI as a check of the tests themselves
 * (`DOCKERPTY_UNDER_TEST=docker`).
 */
export const underTest: "dockerpty" | "docker" = Deno.env.get("DOCKERPTY_UNDER_TEST") === "docker"
  ? "docker"
  : "dockerpty";

/** An environment in which `dockerpty` is the command under test. */
export function commandEnv(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Deno.env.toObject();
  return {
    ...inherited,
    PATH: `${bin}:${inherited.PATH}`,
    DENO: Deno.execPath(),
    NO_COLOR: "1",
    ...extra,
  };
}

/** The command under test with `args`, to be started without a shell. */
export function dockerpty(args: string[]): string[] {
  return [`${bin}/dockerpty`, ...args];
}

/** How a run on pipes ended, and what it wrote. */
export interface PipedResult {
  code: number;
  signal: Deno.Signal | null;
  stdout: Uint8Array;
  stderr: string;
  /** `stdout`, decoded. */
  text: string;
}

/** What a run on pipes is given. */
export interface PipedOptions {
  /** Written and then closed; `"open"` leaves it open and silent; `"null"` is /dev/null. */
  stdin?: string | Uint8Array | ReadableStream<Uint8Array> | "open" | "null";
  env?: Record<string, string>;
  cwd?: string;
  /** In milliseconds; past it the command is killed and the run throws. */
  timeout?: number;
  signal?: AbortSignal;
}

/** Runs the command under test on pipes, to its end. */
export async function runPiped(
  args: string[],
  { stdin = "null", env, cwd, timeout = 60_000, signal }: PipedOptions = {},
): Promise<PipedResult> {
  const [command, ...rest] = dockerpty(args);
  const child = new Deno.Command(command, {
    args: rest,
    env: commandEnv(env),
    cwd,
    stdin: stdin === "null" ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const kill = (name: Deno.Signal) => {
    try {
      child.kill(name);
    } catch {
      // It has ended already.
    }
  };
  const timer = setTimeout(() => (late = true, kill("SIGKILL")), timeout);
  const abort = () => kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  try {
    const fed = stdin === "null" || stdin === "open" ? undefined : feed(child.stdin, stdin);
    const [{ code, signal, stdout, stderr }] = await Promise.all([child.output(), fed]);
    const errors = new TextDecoder().decode(stderr);
    if (late) {
      throw new Error(`dockerpty ${args.join(" ")} took more than ${timeout} ms: ${errors}`);
    }
    return { code, signal, stdout, stderr: errors, text: new TextDecoder().decode(stdout) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    if (stdin === "open") await child.stdin.close().catch(() => {});
  }
}

async function feed(
  pipe: WritableStream<Uint8Array>,
  data: string | Uint8Array | ReadableStream<Uint8Array>,
): Promise<void> {
  const source = data instanceof ReadableStream
    ? data
    : ReadableStream.from([typeof data === "string" ? new TextEncoder().encode(data) : data]);
  // A command may well end before it has read everything: its answer tells, not a broken pipe.
  await source.pipeTo(pipe).catch(() => {});
}
