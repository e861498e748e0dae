/**
 * What is typed while there is no session that it could be sent to.
 *
 * @module
 */
import type { DetachKeysDetector } from "../stream/detach_keys.ts";
import type { Timers } from "../stream/timers.ts";
import { followJobControl } from "./job_control.ts";
import type { UnsentInput } from "./send_input.ts";
import { restoreOnSignals } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** The key that gives up. */
const CTRL_C = 0x03;
/** How long the signal of that key may take to end the process, in milliseconds. */
const DYING_TIME = 1000;

/** What {@linkcode holdInput} takes. */
export interface HoldInputOptions {
  /** Where what is typed is kept. */
  unsent: UnsentInput;
  /** Looks for the detach keys. */
  detector: DetachKeysDetector;
  /** Is called when the detach keys were typed. */
  detached: () => void;
  /** Is called when ctrl-c was typed, before that ends the process. */
  leaving: () => void;
  /** Is called when ctrl-c was typed, and nothing has ended the process for that. */
  givenUp: () => void;
  /** The clock that is waited by. */
  timers: Timers;
}

/**
 * Keeps the terminal in raw mode and what is typed there, as it was in the session that was lost,
 * until it is disposed of. Ctrl-c ends the process as it does outside of sessions; where the process
 * is stopped, the terminal is given back until it goes on.
 */
export function holdInput(terminal: Terminal, options: HoldInputOptions): Disposable {
  const { unsent, detector, detached, leaving, givenUp, timers } = options;
  const stack = new DisposableStack();
  const restore = () => {
    stack.dispose();
    return Promise.resolve();
  };
  stack.use(restoreOnSignals(terminal, restore));
  let raw: Disposable | undefined;
  const giveBack = () => {
    raw?.[Symbol.dispose]();
    raw = undefined;
    return Promise.resolve();
  };
  const take = () => {
    raw = terminal.setRaw();
  };
  stack.use(followJobControl({ terminal, hold: { giveBack, take }, repaint: () => {}, timers }));
  take();
  stack.defer(giveBack);
  const input = stack.use(terminal.openInput());
  const read = async () => {
    for (let typed; (typed = await input.read()) !== null;) {
      const interrupt = typed.indexOf(CTRL_C);
      const fed = detector.feed(interrupt === -1 ? typed : typed.subarray(0, interrupt));
      unsent.keep(fed.output);
      if (fed.detached) return detached();
      if (interrupt === -1) continue;
      await restore();
      leaving();
      terminal.dieOf("SIGINT");
      // The signal comes a moment later, and nothing else is to end the process before that.
      timers.set(givenUp, DYING_TIME);
      return;
    }
  };
  stack.defer(() => unsent.keep(detector.flush()));
  read();
  return stack;
}
