/**
 * Watching a session's output where it comes in, whoever reads it.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";
import type { Payload } from "../stream/multiplexed_stream.ts";
import type { Targets } from "./output_streams.ts";
import type { ExitStatus, Session } from "./session.ts";

/** The method of a session that has its output watched. */
export const TAP: unique symbol = Symbol("tap");

/** What is told of a session's output. What it throws is the session's failure. */
export interface Tap {
  /** A piece has come, and is passed on next. */
  output(payload: Payload): void;
  /** All of it has come. */
  outputEnded(): void;
  /** Nothing more comes, and it is known how the process ended; null where it will not be. */
  ended(status: ExitStatus | null): void;
}

/** A session, or what wraps one. */
export interface Tapped {
  /**
   * Has the output watched.
   *
   * @returns ends the session with an error
   */
  [TAP](tap: Tap): (error: unknown) => void;
}

/**
 * A session that can be watched.
 *
 * @throws {InvalidOptionError} if it is none of this library's
 */
export function requireTapped(session: Session): Session & Tapped {
  if (TAP in session) return session as Session & Tapped;
  throw new InvalidOptionError(
    "invalid session: only what this library has opened can be recorded; record it before it is wrapped",
  );
}

/** Those who watch a session's output. */
export class Taps {
  #taps: Tap[] = [];
  #closed = false;
  #settled: { status: ExitStatus | null } | undefined;

  /** One more; also where all is over already. */
  add(tap: Tap): void {
    this.#taps.push(tap);
    this.#endQuietly();
  }

  /** What has come, null at the output's end; without what is dropped, which is nobody's. */
  tell(payloads: readonly Payload[] | null, targets?: Targets): void {
    for (const tap of this.#taps) {
      if (payloads === null) tap.outputEnded();
      for (const payload of payloads ?? []) {
        if (targets?.[payload.stream] !== "null") tap.output(payload);
      }
    }
  }

  /** It is known how the process ended. */
  settle(status: ExitStatus): void {
    this.#settled = { status };
    this.#end();
  }

  /** It will not be known: there is an error that says more than what is thrown here. */
  giveUp(): void {
    this.#settled = { status: null };
    this.#endQuietly();
  }

  /** Nothing more comes. Nobody is there to be told of an error. */
  close(): void {
    this.#closed = true;
    this.#endQuietly();
  }

  #end(): void {
    if (!this.#closed || this.#settled === undefined) return;
    for (const tap of this.#taps.splice(0)) tap.ended(this.#settled.status);
  }

  #endQuietly(): void {
    try {
      this.#end();
    } catch {
      // What was told before is whole.
    }
  }
}
