/**
 * Leaving a session that has failed.
 *
 * @module
 */
import type { Session } from "./session.ts";

/** The method of a session that tells a fault from a wish to leave the process running. */
export const LEAVE = Symbol("leave");

/** A session, or what wraps one. */
export interface Leavable {
  /** Closes the connection. */
  [LEAVE]?(): void;
}

/** Closes a session's connection, as `detach` does; but its `dispose: "kill"` still holds. */
export function leave(session: Pick<Session, "detach"> & Leavable): void {
  if (session[LEAVE] === undefined) session.detach();
  else session[LEAVE]();
}
