/**
 * A session with a container that has ended since a session before: what that has not shown.
 *
 * @module
 */
import type { Payload } from "../stream/multiplexed_stream.ts";
import type { SessionParts } from "./hijacked_session.ts";
import type { Targets } from "./output_streams.ts";
import type { ShownOutput } from "./shown_output.ts";
import { logBehind, type ReadLog } from "./tail.ts";

/** What is known of the container. */
export interface Ended {
  id: string;
  tty: boolean;
  code: number;
  targets: Targets;
  shown: ShownOutput;
  readLog: ReadLog;
  release: () => void;
}

/** What the session is made of: the rest of the log, and the exit code. */
export async function endedParts(
  { id, tty, code, targets, shown, readLog, release }: Ended,
): Promise<SessionParts> {
  let rest: Payload[] | null = await logBehind(shown, readLog);
  shown.isOver = true;
  return {
    id,
    tty,
    targets,
    release,
    stdin: null,
    connection: { read: nothing, write: nothing, closeWrite: nothing, close() {} },
    read: async () => {
      const payloads = rest;
      rest = null;
      return await Promise.resolve(payloads);
    },
    exited: async (outputEnded) => {
      await outputEnded;
      return { reason: "exited", code };
    },
    resize: nothing,
    kill: () => Promise.resolve(),
  };
}

function nothing(): Promise<never> {
  return Promise.reject(new Deno.errors.BrokenPipe("the container has ended"));
}
