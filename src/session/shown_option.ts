/**
 * What the sessions share of which one comes back to another's container.
 *
 * @module
 */
import type { SessionParts } from "./hijacked_session.ts";
import type { ShownOutput } from "./shown_output.ts";

/** Where options have what is shown: nothing that a caller gives. */
export const SHOWN: unique symbol = Symbol("shown");

/** Where options have what a session is made of in place of its own parts. */
export const THROUGH: unique symbol = Symbol("through");

/** Where options have which of the output is attached. */
export const ATTACHED: unique symbol = Symbol("attached");

/** Options of a session that may be come back to. */
export interface Shown {
  /** What was shown of its container's output. */
  [SHOWN]?: ShownOutput;
  /** Makes the session's parts ones that outlive their connection. */
  [THROUGH]?: (parts: SessionParts) => SessionParts;
  /** Which of the output is attached, where that is not all. */
  [ATTACHED]?: SessionParts["attached"];
}
