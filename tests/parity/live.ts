/** A client on pipes, while it runs: what is written to it, what it writes, and its end. */
import { assert } from "@std/assert";

/** How a client is started. */
export interface LiveOptions {
  /** @default {"null"} */
  stdin?: "piped" | "null";
  env?: Record<string, string>;
  cwd?: string;
  /** A shell's line in which `"$@"` is the client: for redirections. */
  via?: string;
  /** Whether its output is read from the start. If not, a reader has to be taken. @default {true} */
  read?: boolean;
}

/** How a client ended, and what it wrote. */
export interface Ran extends Record<string, unknown> {
  code: number;
  signal: Deno.Signal | null;
  /** As text, where that is what it is. */
  stdout: string;
  stderr: string;
}

/** A running client; killed at the end if it has not ended by itself. */
export class Live implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #argv: string[];
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #waiters = new Set<() => void>();
  readonly #reading: Promise<unknown>;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #ended = false;

  constructor(
    argv: string[],
    { stdin = "null", env, cwd, via, read = true }: LiveOptions = {},
  ) {
    this.#argv = argv;
    const [command, ...args] = via === undefined ? argv : ["sh", "-c", via, "sh", ...argv];
    const stdout = "piped", stderr = "piped";
    this.child = new Deno.Command(command, { args, env, cwd, stdin, stdout, stderr }).spawn();
    if (stdin === "piped") this.#writer = this.child.stdin.getWriter();
    const reads = [this.#collect("stderr")];
    if (read) reads.push(this.#collect("stdout"));
    this.#reading = Promise.all(reads);
  }

  get pid(): number {
    return this.child.pid;
  }

  get stdout(): string {
    return new TextDecoder().decode(this.bytes());
  }

  get stderr(): string {
    return new TextDecoder().decode(this.bytes("stderr"));
  }

  bytes(stream: "stdout" | "stderr" = "stdout"): Uint8Array<ArrayBuffer> {
    return joined(this.#chunks[stream]);
  }

  /** Waits until it has written `text`, or that many bytes. */
  async waitFor(
    text: string | number,
    { stream = "stdout", timeout = 60_000 }: {
      stream?: "stdout" | "stderr";
      timeout?: number;
    } = {},
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      if (
        typeof text === "number" ? this.bytes(stream).length >= text : this[stream].includes(text)
      ) {
        resolve();
      }
    };
    const fail = (how: string) => reject(new Error(`waited for ${text} ${how}: ${this.#state()}`));
    const timer = setTimeout(() => fail(`in vain for ${timeout} ms`), timeout);
    this.#waiters.add(check);
    this.#reading.then(() => fail("when it had ended"));
    check();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(check);
    }
  }

  /** Writes to its stdin. */
  async write(data: string | Uint8Array): Promise<void> {
    await this.#writer!.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
  }

  async closeStdin(): Promise<void> {
    await this.#writer!.close();
    this.#writer = undefined;
  }

  /** Writes all of it, and closes. A client may well end before it has read everything. */
  async feed(data: string | Uint8Array): Promise<void> {
    try {
      await this.write(data);
      await this.closeStdin();
    } catch {
      // Its answer tells, not a broken pipe.
    }
  }

  kill(signal: Deno.Signal): void {
    this.child.kill(signal);
  }

  /** Waits for its end. */
  async end({ timeout = 60_000 }: { timeout?: number } = {}): Promise<Ran> {
    let late = false;
    const timer = setTimeout(() => (late = true, this.#killHard()), timeout);
    try {
      const { code, signal } = await this.child.status;
      this.#ended = true;
      await this.#reading;
      assert(!late, `${this.#argv.join(" ")} was not over after ${timeout} ms: ${this.#state()}`);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killHard();
    await this.child.status;
    this.#ended = true;
    await this.#writer?.close().catch(() => {});
    if (!this.child.stdout.locked) await this.child.stdout.cancel();
    await this.#reading;
  }

  #state(): string {
    return JSON.stringify({ stdout: this.stdout.slice(-2000), stderr: this.stderr.slice(-2000) });
  }

  async #collect(name: "stdout" | "stderr"): Promise<void> {
    for await (const chunk of this.child[name]) {
      this.#chunks[name].push(chunk);
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

/** Chunks in one piece. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Tells long or binary data from other such data. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `${bytes.length} bytes, sha256 ${hash.toHex().slice(0, 16)}`;
}
