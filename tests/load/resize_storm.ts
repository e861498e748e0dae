/** A window that is resized without a pause, while the program in it floods the terminal. */
import { spawn } from "@lydell/node-pty";
import { assert, assertEquals } from "@std/assert";
import { commandEnv, dockerpty } from "../harness/command.ts";
import type { Container } from "../harness/engine.ts";

/** Counts without an end, until a file is there; then waits for the last size, tells it, and waits for a line. */
const SCRIPT = `
stty -opost
number=0
echo ready
while [ ! -e "$1" ]; do
  seq $number $((number + 999))
  number=$((number + 1000))
done
echo end $number
until [ "$(stty size)" = "$2" ]; do sleep 0.05; done
echo size $(stty size)
read -r _`;

/** What {@linkcode resizeStorm} saw. */
export interface ResizeStorm {
  /** How many lines came in the meantime, each one checked. */
  lines: number;
  /** How long the storm took, in milliseconds. */
  time: number;
}

/**
 * Resizes the terminal of an `exec -it` `times` times, with a signal for each, in a flood of numbers
 * none of which may be missing; the last size is the one that must stay.
 */
export async function resizeStorm(box: Container, times: number): Promise<ResizeStorm> {
  const last = { rows: 33, cols: 101 };
  const stop = `/stop-${crypto.randomUUID()}`;
  const command = ["sh", "-c", SCRIPT, "sh", stop, `${last.rows} ${last.cols}`];
  const [file, ...args] = dockerpty(["exec", "-it", box.name, ...command]);
  const pty = spawn(file, args, { rows: 24, cols: 80, env: commandEnv(), encoding: null });
  const lines = new Lines();
  pty.onData((data) => lines.add(data as unknown as Uint8Array));
  const exit = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  exit.then(() => lines.fail("the command ended"));
  try {
    await lines.ready;
    const started = performance.now();
    for (let time = 0; time < times; time++) {
      pty.resize(40 + time % 97, 10 + time % 41);
      // Each resize is a signal. Those that come in between must not be counted as one.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    pty.resize(last.cols, last.rows);
    const time = performance.now() - started;
    await box.exec(["touch", stop]);
    assertEquals(await lines.size, `${last.rows} ${last.cols}`);
    // Only now: what has not been read when a terminal's process ends may be lost.
    pty.write("\r");
    assertEquals(await exit, 0);
    assert(lines.count > 0);
    return { lines: lines.count, time };
  } finally {
    try {
      pty.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await exit;
  }
}

/** Reads the numbers as they come; the first that is not the next one is an error. */
class Lines {
  count = 0;
  readonly #ready = Promise.withResolvers<void>();
  readonly #size = Promise.withResolvers<string>();
  readonly #decoder = new TextDecoder();
  #rest = "";
  #begun = false;
  #ended = false;

  constructor() {
    this.#ready.promise.catch(() => {});
    this.#size.promise.catch(() => {});
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get size(): Promise<string> {
    return this.#size.promise;
  }

  add(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#read(line);
  }

  fail(why: string): void {
    const error = new Error(`${why}, after ${this.count} lines: ${JSON.stringify(this.#rest)}`);
    this.#ready.reject(error);
    this.#size.reject(error);
  }

  #read(line: string): void {
    if (!this.#begun) {
      // What the client itself has to say before is not of the flood.
      if (line.trimEnd() !== "ready") return;
      this.#begun = true;
      this.#ready.resolve();
    } else if (!this.#ended && line === `${this.count}`) {
      this.count++;
    } else if (!this.#ended && line === `end ${this.count}`) {
      this.#ended = true;
    } else if (this.#ended && line.startsWith("size ")) {
      this.#size.resolve(line.slice("size ".length));
    } else {
      this.fail(`${JSON.stringify(line)} came where ${this.count} was to come`);
    }
  }
}
