/**
 * The hangup of the terminal in the middle of a session.
 *
 * @module
 */
import { TerminalHangupError } from "../errors.ts";
import { leave } from "../session/leave.ts";
import type { ExitStatus, Session } from "../session/session.ts";
import type { Timers } from "../stream/timers.ts";
import { atMost } from "./at_most.ts";
import type { Hold } from "./hold.ts";

/** How long output that failed waits for the input to tell of a hangup, in milliseconds. */
const NOTICE_TIME = 1000;
/** How long the signal may take to reach the process, in milliseconds. */
const FORWARD_TIME = 10_000;
/** How long the process may take to end of it, in milliseconds. */
const END_TIME = 1000;

/** What a {@linkcode Hangup} is about. */
export interface HangupParts {
  /** The session, which ends of it. */
  session: Pick<Session, "kill" | "detach" | "status">;
  /** What of the terminal is held. */
  hold: Pick<Hold, "hangUp">;
  /** Whether the process gets SIGHUP, as one does whose own terminal is hung up. */
  forwards: boolean;
  /** The clock that is waited by. */
  timers: Timers;
}

/** Ends a session whose terminal has been hung up: nobody sees it any more, nor can anybody type. */
export class Hangup {
  #parts: HangupParts;
  #begun = Promise.withResolvers<void>();
  #ending: Promise<void> | undefined;

  constructor(parts: HangupParts) {
    this.#parts = parts;
  }

  /** Ends the session: by the process's end, if it takes the signal for that, or by leaving it. */
  begin(): Promise<void> {
    this.#begun.resolve();
    return this.#ending ??= this.#end();
  }

  /** Whether there has been one; waits a moment for it. Where there has, the session is ended. */
  async noticed(): Promise<boolean> {
    await atMost(NOTICE_TIME, this.#begun.promise, this.#parts.timers);
    await this.#ending;
    return this.#ending !== undefined;
  }

  /** How the session ended. */
  outcome(status: ExitStatus): ExitStatus {
    if (this.#ending === undefined || status.reason === "exited") return status;
    throw new TerminalHangupError("the terminal was hung up, and the process may still be running");
  }

  async #end(): Promise<void> {
    const { session, hold, forwards, timers } = this.#parts;
    hold.hangUp();
    if (forwards) {
      await atMost(FORWARD_TIME, session.kill("SIGHUP").catch(() => {}), timers);
      await atMost(END_TIME, session.status.then(() => {}, () => {}), timers);
    }
    leave(session);
  }
}
