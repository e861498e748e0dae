/**
 * The size of a terminal, for engines that do not take it when a process is created.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import type { Winsize } from "../winsize.ts";
import type { Session } from "./session.ts";

/** From this version of the API on, Docker takes the size when a process is created. */
const CONSOLE_SIZE = "1.42";

/** The pauses before the size is sent again, in milliseconds: a process may not have started yet. */
const PAUSES = [10, 20, 40, 80, 160];

/**
 * Sends the first size to an engine that has not taken it already. What cannot be told is let be: a
 * process that has ended needs none, and whoever shows a terminal tells its size anyway.
 */
export async function sendFirstSize(
  engine: Engine,
  session: Pick<Session, "resize">,
  size: Winsize,
): Promise<void> {
  if (!engine.isPodman && await engine.supports(CONSOLE_SIZE)) return;
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await session.resize(size);
    } catch {
      // Once more.
    }
  }
}
