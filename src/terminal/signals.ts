/**
 * What signals to this process do while it presents a session.
 *
 * @module
 */
import { messageOf, SignalError } from "../errors.ts";
import type { Session } from "../session/session.ts";
import { wasNotThere } from "../session/status.ts";
import { SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";
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
export const FATAL_SIGNALS: readonly Deno.Signal[] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

/** Gives the terminal back. */
type Restore = () => Promise<void> | void;

/** How long an engine may take to pass a signal on before another one ends this process. */
const FORWARD_TIME = 3000;

/** The signals by which somebody at a keyboard, or a script, wants to be done. */
const LEAVING_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
/** So many of them within so many milliseconds are for this process. */
const LEAVING_COUNT = 3;
const LEAVING_TIME = 5000;

/** What {@linkcode forwardSignals} takes. */
export interface ForwardOptions {
  /** Restores the terminal before a signal ends this process. */
  restore?: Restore;
  /** Signals that are somebody else's. */
  except?: readonly Deno.Signal[];
  /** The clock that is waited by. */
  timers?: Timers;
}

/**
 * Passes signals on to the process in the container, until it is disposed of. One that ends this
 * process by default does so, with the terminal restored, if nothing in the container can take it,
 * if one before it has not arrived after a while, or if it is the third in a row: whoever ends a
 * client must not be left with one that runs.
 */
export function forwardSignals(
  session: Pick<Session, "kill">,
  terminal: Pick<Terminal, "onSignal" | "warn" | "dieOf">,
  { restore = () => {}, except = [], timers = SYSTEM_TIMERS }: ForwardOptions = {},
): Disposable {
  const stack = new DisposableStack();
  const end = endBy(terminal, restore, stack);
  let overdue = 0;
  const recent = new Set<unknown>();
  stack.defer(() => recent.forEach((timer) => timers.clear(timer)));
  const insists = (signal: Deno.Signal) => {
    if (!LEAVING_SIGNALS.includes(signal)) return false;
    const timer: unknown = timers.set(() => recent.delete(timer), LEAVING_TIME);
    return recent.add(timer).size >= LEAVING_COUNT;
  };
  const forward = async (signal: Deno.Signal) => {
    const fatal = FATAL_SIGNALS.includes(signal);
    if (insists(signal)) {
      terminal.warn(`${signal}, ${LEAVING_COUNT} in a row: leaving; the process may run on`);
      return await end(signal);
    }
    if (fatal && overdue > 0) return await end(signal);
    let late = false;
    const timer = timers.set(() => {
      late = fatal;
      if (late) overdue++;
    }, FORWARD_TIME);
    try {
      await session.kill(signal);
    } catch (error) {
      if (wasNotThere(error)) return;
      const leaves = error instanceof SignalError && fatal;
      const why = messageOf(error) + (leaves ? "; it may run on" : "");
      terminal.warn(error instanceof SignalError ? why : `cannot pass ${signal} on: ${why}`);
      if (leaves) await end(signal);
    } finally {
      timers.clear(timer);
      if (late) overdue--;
    }
  };
  for (const signal of FORWARDED_SIGNALS) {
    if (!except.includes(signal)) stack.use(terminal.onSignal(signal, () => forward(signal)));
  }
  return stack;
}

/** Restores the terminal before a signal ends the process, until it is disposed of. */
export function restoreOnSignals(
  terminal: Pick<Terminal, "onSignal" | "dieOf">,
  restore: Restore,
): Disposable {
  const stack = new DisposableStack();
  const end = endBy(terminal, restore, stack);
  for (const signal of FATAL_SIGNALS) stack.use(terminal.onSignal(signal, () => end(signal)));
  return stack;
}

/** Ends this process by a signal, with the terminal restored, when nobody listens any more. */
function endBy(
  terminal: Pick<Terminal, "dieOf">,
  restore: Restore,
  listeners: Disposable,
): (signal: Deno.Signal) => Promise<void> {
  let ending = false;
  return async (signal) => {
    // Another one must not end it before the terminal is restored.
    if (ending) return;
    ending = true;
    await restore();
    listeners[Symbol.dispose]();
    terminal.dieOf(signal);
  };
}
