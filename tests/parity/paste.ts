/** Typing bytes at a terminal as fast as it takes them, however many there are. */
import type { Terminal } from "../harness/terminal.ts";

const EAGAIN = 11;

/**
 * Writes to the terminal's other end until all is taken. What does not fit the terminal's input
 * queue waits until its reader has taken some, which node-pty's own stream does not do in Deno.
 */
export async function paste(
  terminal: Terminal,
  bytes: Uint8Array<ArrayBuffer>,
  { timeout = 60_000 }: { timeout?: number } = {},
): Promise<void> {
  const descriptor = master(terminal.path);
  const libc = Deno.dlopen("libc.so.6", {
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    __errno_location: { parameters: [], result: "pointer" },
  });
  const deadline = performance.now() + timeout;
  try {
    for (let rest = bytes; rest.length > 0;) {
      const count = Number(libc.symbols.write(descriptor, rest, BigInt(rest.length)));
      if (count >= 0) {
        rest = rest.subarray(count);
        continue;
      }
      const errno = new Deno.UnsafePointerView(libc.symbols.__errno_location()!).getInt32();
      if (errno !== EAGAIN) throw new Error(`writing to ${terminal.path}: errno ${errno}`);
      if (performance.now() > deadline) {
        throw new Error(`${rest.length} of ${bytes.length} bytes were not taken in ${timeout} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    libc.close();
  }
}

/** This process's descriptor of the other end of the terminal at `path`, such as /dev/pts/3. */
function master(path: string): number {
  const index = path.replace("/dev/pts/", "");
  for (const { name } of Deno.readDirSync("/proc/self/fdinfo")) {
    try {
      const info = Deno.readTextFileSync(`/proc/self/fdinfo/${name}`);
      if (new RegExp(`^tty-index:\\s*${index}$`, "m").test(info)) return Number(name);
    } catch {
      // It has been closed since the folder was read.
    }
  }
  throw new Error(`no descriptor of this process is the other end of ${path}`);
}
