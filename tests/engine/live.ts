/** A run of the command that a test acts on while it goes on. */
import { assert } from "@std/assert";
import { commandEnv, dockerpty } from "../harness/command.ts";
import { until } from "../harness/until.ts";

/** How a live run is started. */
export interface LiveOptions {
  /** `piped` is written by the test; `null` is /dev/null. @default {"null"} */
  stdin?: "piped" | "null";
  /** What to run in place of the command under test. */
  argv?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** The command under test, running; killed at the end if it has not ended by itself. */
export class Live implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** How it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  #texts = { stdout: "", stderr: "" };
  #read: Promise<unknown> | undefined;
  #waiters = new Set<() => void>();
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #ended = false;

  /** Starts it. Until a text is asked for, its output is left unread. */
  constructor(args: string[], { stdin = "null", argv, env, cwd }: LiveOptions = {}) {
    const [command, ...rest] = argv ?? dockerpty(args);
    this.child = new Deno.Command(command, {
      args: rest,
      env: commandEnv(env),
      cwd,
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.status = this.child.status.then((status) => {
      this.#ended = true;
      return status;
    });
    if (stdin === "piped") this.#writer = this.child.stdin.getWriter();
  }

  /** What it has written to stdout, as far as that was read. */
  get stdout(): string {
    return this.#texts.stdout;
  }

  /** The same of stderr. */
  get stderr(): string {
    return this.#texts.stderr;
  }

  /** Waits until it has written `text` to `stream`. */
  async waitFor(
    text: string,
    { stream = "stdout", timeout = 60_000 }: {
      stream?: "stdout" | "stderr";
      timeout?: number;
    } = {},
  ): Promise<void> {
    this.#readAll();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => this.#texts[stream].includes(text) && resolve();
    this.#waiters.add(check);
    const fail = (how: string) =>
      reject(new Error(`waited for ${text}: ${how}: ${JSON.stringify(this.#texts)}`));
    const timer = setTimeout(() => fail(`in vain for ${timeout} ms`), timeout);
    this.#read!.then(() => fail("the command ended"));
    check();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(check);
    }
  }

  /** Waits until it listens for signals, as it opens its session at the latest. Linux only. */
  async joined(): Promise<void> {
    const sigterm = 1n << 14n;
    await until(() => {
      const status = Deno.readTextFileSync(`/proc/${this.child.pid}/status`);
      return (BigInt(`0x${/SigCgt:\s*([0-9a-f]+)/.exec(status)![1]}`) & sigterm) !== 0n;
    }, { what: "the command to listen for signals", timeout: 30_000 });
  }

  /** Types `text` into its stdin. */
  async write(text: string): Promise<void> {
    await this.writeBytes(new TextEncoder().encode(text));
  }

  /** Writes `bytes` to its stdin. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.#writer!.write(bytes);
  }

  /** Closes its stdin. */
  async closeStdin(): Promise<void> {
    await this.#writer!.close();
    this.#writer = undefined;
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.child.kill(signal);
  }

  /** Waits for its end. */
  async end({ timeout = 60_000 }: { timeout?: number } = {}): Promise<
    { code: number; signal: Deno.Signal | null; stdout: string; stderr: string }
  > {
    this.#readAll();
    const timer = setTimeout(() => this.#killHard(), timeout);
    const started = performance.now();
    const { code, signal } = await this.status;
    clearTimeout(timer);
    const hung = signal === "SIGKILL" && performance.now() - started >= timeout;
    await this.#read;
    assert(!hung, `it did not end in ${timeout} ms: ${JSON.stringify(this.#texts)}`);
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killHard();
    await this.status;
    await this.#writer?.close().catch(() => {});
    if (this.#read !== undefined) return void await this.#read;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (!stream.locked) await stream.cancel();
    }
  }

  #readAll(): void {
    this.#read ??= Promise.all([this.#collect("stdout"), this.#collect("stderr")]);
  }

  async #collect(name: "stdout" | "stderr"): Promise<void> {
    if (this.child[name].locked) return;
    for await (const text of this.child[name].pipeThrough(new TextDecoderStream())) {
      this.#texts[name] += text;
      this.#waiters.forEach((check) => check());
    }
  }

  #killHard(): void {
    if (this.#ended) return;
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
