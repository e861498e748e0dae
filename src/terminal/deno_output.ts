/**
 * The process's own stdout and stderr.
 *
 * @module
 */
import { writeAll } from "../transport/connection.ts";
import { isReadOnly, kindOf } from "./deno_descriptor.ts";
import { openReadyOutput, type ReadyOutput } from "./deno_ready_output.ts";

/** From so many bytes on it is worth a look where they go; so it is where more follows. */
const WORTH_A_LOOK = 16 * 1024;

/** Writes to a standard stream. */
export class DenoOutput {
  #stream: "stdout" | "stderr";
  #ownsProcess: boolean;
  #written = false;
  #waits: boolean | undefined;
  #ready: ReadyOutput | null = null;
  #isTerminal = false;

  /**
   * Nothing is looked at yet.
   *
   * @param ownsProcess whether the process ends with the session, so that what is opened may stay so
   */
  constructor(stream: "stdout" | "stderr", ownsProcess: boolean) {
    this.#stream = stream;
    this.#ownsProcess = ownsProcess;
  }

  /** Writes all of `bytes`; a promise where it may have to wait. */
  write(bytes: Uint8Array): Promise<void> | void {
    const file = Deno[this.#stream];
    if (!this.#written && this.#ownsProcess && isReadOnly(this.#descriptor)) {
      return Promise.reject(new Deno.errors.BadResource("Bad file descriptor"));
    }
    if (this.#waits === undefined && (bytes.length >= WORTH_A_LOOK || this.#written)) this.#look();
    this.#written = true;
    if (this.#waits === false) return writeAllSync(file, bytes);
    const taken = this.#ready?.write(bytes) ?? 0;
    if (taken === bytes.length) return;
    const rest = taken === 0 ? bytes : bytes.subarray(taken);
    if (this.#ready !== null && this.#isTerminal) return this.#writeToTerminal(this.#ready, rest);
    return writeAll(file, rest);
  }

  /** A write that waits holds a terminal's lock, and its modes could not be restored meanwhile. */
  async #writeToTerminal(ready: ReadyOutput, bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      await ready.ready();
      const taken = ready.write(rest);
      // There is an error, which this tells.
      if (taken === 0) return await writeAll(Deno[this.#stream], rest);
      rest = rest.subarray(taken);
    }
  }

  get #descriptor(): 1 | 2 {
    return this.#stream === "stdout" ? 1 : 2;
  }

  #look(): void {
    const kind = kindOf(this.#descriptor);
    this.#waits = kind === "pipe" || kind === "other";
    // Nothing else may be opened a second time: a file or a device would be written to in another place.
    this.#isTerminal = kind === "other" && Deno[this.#stream].isTerminal();
    const reopens = kind === "pipe" || this.#isTerminal;
    if (reopens && this.#ownsProcess) this.#ready = openReadyOutput(this.#descriptor);
  }
}

/** Writes to what keeps nobody waiting; an error comes as a promise, as the other way does it. */
function writeAllSync(file: typeof Deno.stdout, bytes: Uint8Array): Promise<void> | void {
  try {
    for (let written = 0; written < bytes.length;) {
      written += file.writeSync(written === 0 ? bytes : bytes.subarray(written));
    }
  } catch (error) {
    return Promise.reject(error);
  }
}
