/** Running commands and measuring what they take, by a process that starts and waits for them. */
import { TextLineStream } from "@std/streams/text-line-stream";

/** A command to be measured. */
export interface Run {
  argv: readonly string[];
  env?: Record<string, string>;
  /** A file for stdin; else it is /dev/null. */
  stdin?: string;
  /** Where its output goes. */
  stdout?: "null" | "pipe";
  /** At a terminal: how many keys are typed, one after the other has come back. */
  keys?: number;
  /** At a terminal: what is typed before. */
  first?: string;
  /** At a terminal: what is waited for before the keys. */
  ready?: string;
}

/** What a command took. Times are in milliseconds, memory in KiB. */
export interface Taken {
  wall: number;
  /** Of the user and the system together. */
  cpu: number;
  /** The most that was resident. */
  memory: number;
  /** How much came through the pipe. */
  bytes?: number;
  /** The time from each key to its echo. */
  times?: number[];
}

/** Starts commands, one at a time. */
export class Runner implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor() {
    const script = new URL("runner.py", import.meta.url).pathname;
    // Debian's own, as a newer one of somebody's may lack the original's modules.
    const options = { stdin: "piped", stdout: "piped" } as const;
    this.#child = new Deno.Command("/usr/bin/python3", { args: [script], ...options }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Runs a command to its end; throws where that is not code 0. */
  async run(run: Run): Promise<Taken> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(run)}\n`));
    const { value = "{}" } = await this.#lines.read();
    const { code, said, ...taken } = JSON.parse(value);
    if (code !== 0) throw new Error(`${run.argv.join(" ")}: code ${code}: ${said}`);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
