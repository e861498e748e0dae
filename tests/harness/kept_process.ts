/** Servers that a test starts, and that end with it whatever becomes of it. */
import { until } from "./until.ts";

/** How a server is started. */
export interface KeptOptions {
  /** The server's own folder, which is removed behind it; its log is in there. */
  folder: string;
  env?: Record<string, string>;
  /** Tells whether it answers yet. */
  ready: () => Promise<boolean>;
  /** For how long it may not, in milliseconds. */
  timeout?: number;
}

// The keeper outlives a test that is killed: its stdin ends then, as it does at the test's own word.
const KEEPER = `
folder=$1; shift
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
trap '' HUP INT QUIT TERM
echo $server
read -r _
kill $server 2>/dev/null
( sleep 20; kill -KILL $server ) >/dev/null 2>&1 & late=$!
wait $server
kill $late 2>/dev/null
rm -rf "$folder"
`;

/** A server that runs until it is disposed of, or the test's process ends. */
export class KeptProcess implements AsyncDisposable {
  readonly #keeper: Deno.ChildProcess;
  readonly #folder: string;
  #pid = 0;

  private constructor(argv: string[], { folder, env }: KeptOptions) {
    this.#folder = folder;
    this.#keeper = new Deno.Command("sh", {
      args: ["-c", KEEPER, "sh", folder, ...argv],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
  }

  /** Starts `argv`, and waits until it is ready. */
  static async start(argv: string[], options: KeptOptions): Promise<KeptProcess> {
    const kept = new KeptProcess(argv, options);
    try {
      await kept.#started();
      await until(async () => {
        if (await options.ready()) return true;
        await Deno.stat(`/proc/${kept.pid}/exe`);
      }, { what: `${argv[0]} to answer`, timeout: options.timeout ?? 60_000, interval: 50 });
      return kept;
    } catch (error) {
      const log = await kept.log();
      await kept[Symbol.asyncDispose]();
      throw new Error(`${argv.join(" ")} did not start: ${log.slice(-2000)}`, { cause: error });
    }
  }

  /** The server's process. */
  get pid(): number {
    return this.#pid;
  }

  /** What it has said so far. */
  log(): Promise<string> {
    return Deno.readTextFile(`${this.#folder}/log`).catch(() => "");
  }

  async #started(): Promise<void> {
    const reader = this.#keeper.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    this.#pid = Number(new TextDecoder().decode(value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeper.stdin.close().catch(() => {});
    await this.#keeper.stdout.cancel();
    await this.#keeper.status;
  }
}

/** A port of the loopback that nobody listens at. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A folder for a test's own files. */
export function privateFolder(): string {
  const path = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
  Deno.chmodSync(path, 0o755);
  return path;
}

/** Runs a tool to its end; what it has to say is in the error if it fails. */
export async function tool(
  command: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    stdin: "null",
    ...options,
    args,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text(stderr)}${text(stdout)}`);
  return text(stdout);
}

/** The first of these commands that there is. */
export function findCommand(...commands: string[]): string | undefined {
  const folders = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`.split(":");
  const paths = commands.flatMap((command) =>
    command.includes("/") ? [command] : folders.map((folder) => `${folder}/${command}`)
  );
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
