/**
 * What becomes of a container whose opening is given up once it may have been started: nobody has a
 * session to end its process with.
 *
 * @module
 */
import { killContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { pause, SYSTEM_TIMERS } from "../stream/timers.ts";
import type { SessionOptions } from "./options.ts";
import { wasNotThere } from "./status.ts";

/**
 * The pauses, in milliseconds, before it is tried again to end what is not running. An engine lets the end
 * wait for a start that is under way, but may come to that later.
 */
const END_AGAIN = [0, 100, 300];

/** Opens a session; where that fails and its options say so, what it has started is ended. */
export async function orEnded<T>(
  engine: Engine,
  id: string,
  options: Pick<SessionOptions, "dispose" | "signal">,
  open: () => Promise<T>,
): Promise<T> {
  try {
    const opened = await open();
    options.signal?.throwIfAborted();
    return opened;
  } catch (error) {
    if (isToEnd(options)) await end(engine, id);
    throw error;
  }
}

function isToEnd({ dispose, signal }: Pick<SessionOptions, "dispose" | "signal">): boolean {
  return dispose === "kill" || dispose === undefined && signal?.aborted === true;
}

async function end(engine: Engine, id: string): Promise<void> {
  for (const milliseconds of END_AGAIN) {
    await pause(milliseconds, SYSTEM_TIMERS);
    try {
      return await killContainer(engine, id, "SIGKILL");
    } catch (error) {
      // Why the opening has failed says more.
      if (!wasNotThere(error)) return;
    }
  }
}
