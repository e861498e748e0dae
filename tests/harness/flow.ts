/** Stopping a terminal's output, as ctrl-s does where that is not the program's own key. Linux only. */

const O_RDWR_NOCTTY = 0o402;
const TCOOFF = 0;
const TCOON = 1;

/** Stops the output of the terminal at a path, or lets it go on: `tcflow(3)`. */
export function setFlow(path: string, on: boolean): void {
  const libc = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    tcflow: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { open, tcflow, close } = libc.symbols;
  const descriptor = open(new TextEncoder().encode(`${path}\0`), O_RDWR_NOCTTY);
  try {
    if (descriptor < 0 || tcflow(descriptor, on ? TCOON : TCOOFF) !== 0) {
      throw new Error(`cannot ${on ? "start" : "stop"} the output of ${path}`);
    }
  } finally {
    if (descriptor >= 0) close(descriptor);
    libc.close();
  }
}
