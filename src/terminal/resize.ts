/**
 * Keeps the size of a process's terminal the same as the local one's.
 *
 * @module
 */
import { messageOf } from "../errors.ts";
import { BETWEEN_SIZES } from "../session/resizer.ts";
import type { Winsize } from "../winsize.ts";
import type { Terminal } from "./terminal.ts";

/** The pauses before a size is sent again, in milliseconds: a process may not have started yet. */
const PAUSES = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/** What ends {@linkcode followSize}. */
export interface SizeFollower extends Disposable {
  /** Resolves when the first size has been sent, or could not be. */
  readonly first: Promise<void>;
  /** Tells the size again, in a way that makes the program repaint. */
  repaint(): void;
}

/** What {@linkcode followSize} takes. */
export interface FollowSizeOptions {
  /** Whether the program is made to repaint first, by a size that is one larger. */
  repaint: boolean;
  /** Waits for a number of milliseconds. */
  pause: (milliseconds: number) => Promise<void>;
}

/**
 * Sends the terminal's size now, and whenever it changes: one request at a time, so that the last
 * size is the one that stays.
 *
 * @returns what ends it
 */
export function followSize(
  resize: (size: Winsize) => Promise<void>,
  terminal: Pick<Terminal, "size" | "onResize" | "warn">,
  { repaint, pause }: FollowSizeOptions,
): SizeFollower {
  const first = Promise.withResolvers<void>();
  let stopped = false;
  let sending = false;
  let changed = false;

  const send = async () => {
    const size = terminal.size();
    if (size === null) return;
    if (repaint) {
      repaint = false;
      await resize({ rows: size.rows + 1, columns: size.columns + 1 });
      await pause(BETWEEN_SIZES);
    }
    await resize(size);
  };
  const sendUntilTaken = async () => {
    let problem: unknown;
    for (const milliseconds of [0, ...PAUSES]) {
      if (milliseconds > 0) await pause(milliseconds);
      if (stopped) return;
      try {
        return await send();
      } catch (error) {
        problem = error;
      } finally {
        first.resolve();
      }
      // A newer size need not wait for this one.
      if (changed) return;
    }
    if (!stopped) {
      terminal.warn(`cannot tell the container the window's size: ${messageOf(problem)}`);
    }
  };
  const update = async () => {
    changed = true;
    if (sending) return;
    sending = true;
    while (changed && !stopped) {
      changed = false;
      await sendUntilTaken();
      if (changed) await pause(BETWEEN_SIZES);
    }
    sending = false;
  };

  const listener = terminal.onResize(update);
  update();
  return {
    first: first.promise,
    repaint(): void {
      repaint = true;
      update();
    },
    [Symbol.dispose](): void {
      stopped = true;
      listener[Symbol.dispose]();
    },
  };
}
