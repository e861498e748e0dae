/**
 * Leaving a session whose process should have said something long ago.
 *
 * @module
 */
import type { Session } from "./session.ts";

/** The longest time that a timer takes, in milliseconds: nearly 25 days. */
const MAX_TIMER = 2 ** 31 - 1;

/** The time that a session is given. */
export interface GivenTime extends Disposable {
  /** Whether it was over before this was disposed of, and the session was left. */
  readonly isOver: boolean;
}

/** Detaches from a session after so many milliseconds, unless this is disposed of before. */
export function leaveAfter(session: Pick<Session, "detach">, milliseconds: number): GivenTime {
  let isOver = false;
  const leave = () => {
    isOver = true;
    session.detach();
  };
  const timer = milliseconds <= MAX_TIMER ? setTimeout(leave, milliseconds) : undefined;
  return {
    get isOver() {
      return isOver;
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
