/**
 * Writing no more than is taken at once.
 *
 * Deno writes to a terminal or a pipe in a thread of its own, as whoever reads there may let it wait.
 * Most of the time nobody does. So the terminal or pipe is opened a second time, for this process
 * alone: there a write that would have to wait takes a part, or nothing, and the descriptor that is
 * shared with others stays as it was.
 *
 * @module
 */
import { openLibc } from "../libc.ts";

/** `open(2)`'s flags on Linux. */
const O_WRONLY = 1;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** `poll(2)`'s. */
const POLLOUT = 4;
const FOR_EVER = -1;

/**
 * A reader that is at work is waited for, in milliseconds: each time, and for one piece altogether.
 * Nobody notices, and a thread costs more.
 */
const READER_TIME = 2;
const WHOLE_TIME = 4;

/** Writes to a pipe or a terminal, and never waits for long in this thread. */
export interface ReadyOutput {
  /** Writes what is taken at once; returns how many bytes. */
  write(bytes: Uint8Array): number;
  /** Waits, in another thread, until something is taken, or there is an error to be told. */
  ready(): Promise<void>;
}

/**
 * Opens the pipe or terminal behind a descriptor a second time, until the process ends; null where that
 * cannot be: without `--allow-ffi`, on other systems than Linux, or for another user's. Nothing else
 * may be behind it: a file would be written to from its beginning.
 *
 * @returns what writes some of what it is given; an error is left to whoever writes the rest
 */
export function openReadyOutput(descriptor: 1 | 2): ReadyOutput | null {
  if (Deno.build.os !== "linux") return null;
  const libc = openLibc({
    open: { parameters: ["buffer", "i32"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
    pollAside: {
      name: "poll",
      parameters: ["buffer", "usize", "i32"],
      result: "i32",
      nonblocking: true,
    },
  });
  if (libc === null) return null;
  const { open, write, poll, pollAside } = libc.symbols;
  const path = new TextEncoder().encode(`/proc/self/fd/${descriptor}\0`);
  const own = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (own < 0) {
    libc.close();
    return null;
  }
  // struct pollfd: the descriptor, then two shorts: what is waited for, and what has come.
  const polled = new Int16Array(4);
  new Int32Array(polled.buffer)[0] = own;
  const takesMore = () => {
    polled.set([POLLOUT, 0], 2);
    return poll(polled, 1n, READER_TIME) === 1 && polled[3] === POLLOUT;
  };
  const writeReady = (bytes: Uint8Array): number => {
    let written = 0;
    let taken = true;
    let until: number | undefined;
    while (written < bytes.length) {
      const rest = written === 0 ? bytes : bytes.subarray(written);
      const count = Number(write(own, rest as Uint8Array<ArrayBuffer>, BigInt(rest.length)));
      if (count > 0) {
        written += count;
        taken = true;
        continue;
      }
      // What says that it takes more and does not, as a device that is full, is an error.
      if (!taken) break;
      taken = false;
      until ??= performance.now() + WHOLE_TIME;
      if (performance.now() > until || !takesMore()) break;
    }
    return written;
  };
  const ready = async (): Promise<void> => {
    const waited = new Int16Array(polled);
    waited.set([POLLOUT, 0], 2);
    await pollAside(waited, 1n, FOR_EVER);
  };
  return { write: writeReady, ready };
}
