/**
 * Job control: a session that is stopped, and goes on later.
 *
 * @module
 */
import type { Timers } from "../stream/timers.ts";
import type { Hold } from "./hold.ts";
import type { Terminal } from "./terminal.ts";

/** The signals that it takes for itself. */
export const JOB_CONTROL_SIGNALS: readonly Deno.Signal[] = ["SIGTSTP", "SIGCONT"];

/** When a process that should have stopped has not, in milliseconds. */
const STOP_TIME = 100;

/** How long it goes on in the background before it stops again, in milliseconds. */
const BACKGROUND_TIME = 50;

/** What {@linkcode followJobControl} takes. */
export interface JobControlParts {
  /** The terminal, whose signals they are. */
  terminal: Pick<Terminal, "onSignal" | "dieOf" | "isInFront">;
  /** Gives it back, and takes it again. */
  hold: Pick<Hold, "giveBack" | "take">;
  /** Makes the program repaint. */
  repaint: () => void;
  /** The clock that is waited by. */
  timers: Timers;
}

/**
 * Gives the terminal back before SIGTSTP stops the process, and takes it again when SIGCONT lets it
 * go on, until it is disposed of. After a SIGSTOP, which nobody hears of, too.
 */
export function followJobControl(
  { terminal, hold, repaint, timers }: JobControlParts,
): Disposable {
  let disposed = false;
  let phase: "running" | "giving back" | "stopped" = "running";
  let continued = false;
  let listener: Disposable | null = null;
  let timer: unknown;

  const listen = () => listener = terminal.onSignal("SIGTSTP", stop);
  const stop = async () => {
    if (phase !== "running") return;
    phase = "giving back";
    continued = false;
    await hold.giveBack();
    if (disposed) return;
    phase = "stopped";
    if (continued) return goOn();
    stopNow();
  };
  const stopNow = () => {
    // With the listener gone the signal does what it does by default.
    listener?.[Symbol.dispose]();
    listener = null;
    // Time stands still while the process does.
    timer = timers.set(goOn, STOP_TIME);
    terminal.dieOf("SIGTSTP");
  };
  const goOn = () => {
    continued = true;
    if (disposed || phase === "giving back") return;
    timers.clear(timer);
    if (terminal.isInFront?.() === false) {
      // In the background: to take the terminal would stop it in the middle of the call, deaf to
      // signals. What has come along with SIGCONT is heard first.
      phase = "stopped";
      timer = timers.set(stopNow, BACKGROUND_TIME);
      return;
    }
    phase = "running";
    if (listener === null) listen();
    try {
      // A shell has had it in between, if only to stop this process.
      hold.take();
    } catch {
      // It is no more; its input tells.
    }
    repaint();
  };

  listen();
  const goesOn = terminal.onSignal("SIGCONT", goOn);
  return {
    [Symbol.dispose](): void {
      disposed = true;
      timers.clear(timer);
      listener?.[Symbol.dispose]();
      goesOn[Symbol.dispose]();
    },
  };
}
