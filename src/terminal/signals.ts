/**
 * What signals to this process do while it presents a session.
 *
 * @module
 */
import { EngineError, messageOf } from "../errors.ts";
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

/** Passes signals on to the process in the container, until it is disposed of. */
export function forwardSignals(
  session: Pick<Session, "kill">,
  terminal: Pick<Terminal, "onSignal" | "warn">,
): Disposable {
  const stack = new DisposableStack();
  for (const signal of FORWARDED_SIGNALS) {
    stack.use(terminal.onSignal(signal, () => {
      session.kill(signal).catch((error) => {
        // 404 and 409: it has ended, and the session is about to.
        const ended = error instanceof EngineError && [404, 409].includes(error.status);
        if (!ended) terminal.warn(`cannot pass ${signal} on: ${messageOf(error)}`);
      });
    }));
  }
  return stack;
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
