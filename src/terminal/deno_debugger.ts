/**
 * Deno's debugger, which listens on the loopback once the process has got SIGUSR1.
 *
 * From 2.9.2 on Deno opens it for that signal whoever listens for it, and cannot be told not to. Any
 * user of the machine could then have this process do what it may. So it is closed again at once.
 *
 * @module
 */

/** The pauses, in milliseconds, after which it is closed: it opens a moment after the signal. */
const PAUSES = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Closes the debugger that the signal is about to open, or has opened. */
export async function closeDebugger(): Promise<void> {
  const { default: inspector } = await import("node:inspector");
  for (const pause of PAUSES) {
    // It keeps no process alive that is at its end.
    await new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, pause)));
    // Whether it is open cannot be asked without --allow-sys.
    inspector.close();
  }
}
