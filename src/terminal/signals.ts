/**
 * What signals to this process do while it presents a session.
 *
 * @module
 */
import { EngineError, messageOf, SignalError } from "../errors.ts";
import type { Session } from "../session/session.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The signals that are passed on: all that a program may be sent on purpose. SIGWINCH is not: the
 * size is told by a call of its own, and some servers take the signal for an order to stop.
 */
export const FORWARDED_SIGNALS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGCONT",
  "SIGTSTP",
];

/** The signals whose default action ends a process that has not prepared for them. */
const FATAL_SIGNALS: readonly Deno.Signal[] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

/**
 * Passes signals on to the process in the container, until it is disposed of. One that ends this
 * process by default does so, with the terminal restored, if nothing in the container can take it:
 * whoever ends a client must not be left with one that runs.
 */
export function forwardSignals(
  session: Pick<Session, "kill">,
  terminal: Pick<Terminal, "onSignal" | "warn" | "dieOf">,
  restore: () => void = () => {},
): Disposable {
  const stack = new DisposableStack();
  for (const signal of FORWARDED_SIGNALS) {
    stack.use(terminal.onSignal(signal, () => {
      session.kill(signal).catch((error) => {
        if (hasEnded(error)) return;
        const leaves = error instanceof SignalError && FATAL_SIGNALS.includes(signal);
        const why = messageOf(error) + (leaves ? "; it may run on" : "");
        terminal.warn(error instanceof SignalError ? why : `cannot pass ${signal} on: ${why}`);
        if (!leaves) return;
        stack.dispose();
        restore();
        terminal.dieOf(signal);
      });
    }));
  }
  return stack;
}

/** Whether a process was not there to take a signal: the session is about to end, too. */
function hasEnded(error: unknown): boolean {
  return error instanceof EngineError &&
    // Podman's words come with a 500.
    ([404, 409].includes(error.status) || /state improper/.test(error.message));
}

/** Restores the terminal before a signal ends the process, until it is disposed of. */
export function restoreOnSignals(
  terminal: Pick<Terminal, "onSignal" | "dieOf">,
  restore: () => void,
): Disposable {
  const stack = new DisposableStack();
  for (const signal of FATAL_SIGNALS) {
    stack.use(terminal.onSignal(signal, () => {
      stack.dispose();
      restore();
      terminal.dieOf(signal);
    }));
  }
  return stack;
}
