/**
 * Telling what a process writes from the engine's word that it could not start it.
 *
 * After the answer to an exec's start the connection is a stream, so that engines send the
 * runtime's error as if the process had written it to stdout. Users want it on stderr.
 *
 * @module
 */
import type { ExecInspect } from "../engine/types.ts";
import { codeFromExec, codeOfStartFailure } from "./status.ts";
import type { ReadPayloads } from "./output.ts";
import { printableLines } from "../printable.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";

/** How the runtimes' errors begin, as docker's and Podman's engines pass them on. */
const FAILURE = /^(?:OCI runtime|unable to find (?:user|group) |Error: (?:runc|crun|OCI runtime))/;

/** Watches an exec's output for the engine's word that it could not start the command. */
export class ExecStartFailure {
  #inspect: () => Promise<ExecInspect>;
  #message: string | null = null;
  #tell: ((message: string) => void) | undefined;

  /** Watches the exec that `inspect` tells of; `tell` takes the engine's word. */
  constructor(inspect: () => Promise<ExecInspect>, tell?: (message: string) => void) {
    this.#inspect = inspect;
    this.#tell = tell;
  }

  /**
   * The output, or the engine's word in its place, made fit to print: moved to stderr, or kept for
   * whoever takes it. Only the first piece is looked at.
   */
  watch(read: ReadPayloads): ReadPayloads {
    let first = true;
    let words = "";
    return async (buffer) => {
      const payloads = await read(buffer);
      if (payloads === null && this.#message !== null) this.#tell?.(words.trim());
      if (payloads === null || payloads.length === 0) return payloads;
      if (first) {
        first = false;
        const text = new TextDecoder().decode(payloads[0].bytes.subarray(0, 4096));
        if (FAILURE.test(text) && await this.#failed()) this.#message = text.trim();
      }
      if (this.#message === null) return payloads;
      const texts = payloads.map(engineWords);
      if (this.#tell === undefined) return texts.map(onStderr);
      words += texts.join("");
      return [];
    };
  }

  /**
   * The exit code, with what engines say put right: 127 where there is no such command, and 126 for
   * all else. Older ones say 126 of the former too, and newer ones 128 of what has no code.
   */
  code(code: number): number {
    if (this.#message === null) return code;
    // The command may be there, and the folder is not that it should be started in: engines differ.
    if (/\bchdir\b/.test(this.#message) && code !== 128) return code;
    return codeOfStartFailure(this.#message) ?? 126;
  }

  async #failed(): Promise<boolean> {
    // A process that writes the same words has an id, or runs, or ends with another code. (Podman
    // gives no id for one that has ended; there the words and the code have to do.)
    let exec: ExecInspect;
    try {
      exec = await this.#inspect();
    } catch {
      // What cannot be asked now is asked again at the end, and told then.
      return false;
    }
    const code = codeFromExec(exec);
    return exec.Pid === 0 && (code === 126 || code === 127 || code === 128);
  }
}

/** No process wrote these: unlike a session's own stream, they are not for a terminal to act on. */
function engineWords({ bytes }: Payload): string {
  const lines = new TextDecoder().decode(bytes).split("\r\n");
  return lines.map(printableLines).join("\r\n");
}

function onStderr(text: string): Payload {
  return { stream: "stderr", bytes: new TextEncoder().encode(text) };
}
