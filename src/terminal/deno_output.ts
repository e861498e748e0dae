/**
 * The process's own stdout and stderr.
 *
 * A write to a pipe or a terminal may have to wait for whoever reads there, and must not keep signals,
 * keys and sizes waiting with it: Deno's asynchronous write does it in a thread of its own, which costs
 * more than a small write does. A regular file and /dev/null wait for nobody.
 *
 * @module
 */
import { writeAll } from "../transport/connection.ts";

/** From so many bytes on it is worth a look where they go. */
const WORTH_A_LOOK = 16 * 1024;

/** The number of Linux's /dev/null, as `makedev(3)` has it. */
const LINUX_NULL = 1 << 8 | 3;

/** Writes to a standard stream. */
export class DenoOutput {
  #stream: "stdout" | "stderr";
  #waits: boolean | undefined;

  /** Nothing is looked at yet. */
  constructor(stream: "stdout" | "stderr") {
    this.#stream = stream;
  }

  /** Writes all of `bytes`; a promise where it may have to wait. */
  write(bytes: Uint8Array): Promise<void> | void {
    const file = Deno[this.#stream];
    if (this.#waits === undefined && bytes.length >= WORTH_A_LOOK) {
      this.#waits = mayWait(this.#stream === "stdout" ? 1 : 2);
    }
    if (this.#waits !== false) return writeAll(file, bytes);
    try {
      for (let written = 0; written < bytes.length;) {
        written += file.writeSync(written === 0 ? bytes : bytes.subarray(written));
      }
    } catch (error) {
      // As the other way does.
      return Promise.reject(error);
    }
  }
}

/** Whether writing to a descriptor may have to wait for a reader; true where that cannot be told. */
function mayWait(descriptor: number): boolean {
  const path = `/dev/fd/${descriptor}`;
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return true;
    const { isFile, isCharDevice, rdev } = Deno.statSync(path);
    const isNull = Deno.build.os === "linux" && isCharDevice === true && rdev === LINUX_NULL;
    return !isFile && !isNull;
  } catch {
    return true;
  }
}
