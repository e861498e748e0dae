/**
 * What the sessions share of which one comes back to another's container.
 *
 * @module
 */
import type { ShownOutput } from "./shown_output.ts";

/** Where options have it: nothing that a caller gives. */
export const SHOWN: unique symbol = Symbol("shown");

/** Options of a session that may be come back to. */
export interface Shown {
  /** What was shown of its container's output. */
  [SHOWN]?: ShownOutput;
}
