/**
 * Opens a session with a new process in a running container.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import { createExec, startExec } from "../engine/execs.ts";
import { EngineError } from "../errors.ts";
import { EXEC_DETACH_KEYS } from "./engine_detach_keys.ts";
import { markExec } from "./exec_mark.ts";
import type { MainProcess } from "./ids_inside.ts";
import type { Looked } from "./kill_exec.ts";
import type { KillTogether } from "./kill_together.ts";
import { execBody } from "./create_bodies.ts";
import type { ExecOptions } from "./options.ts";
import type { Session } from "./session.ts";

/**
 * Opens a session with a new process in a running container.
 *
 * @param together sends the signals of all execs of the client
 * @param release is called when the session has ended
 */
export async function openExec(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions,
  together: KillTogether<Looked>,
  release: () => void,
): Promise<Session> {
  const { tty = false, user, privileged, signal } = options;
  const { body, mark } = markExec(execBody(command, options));
  if (tty) body.DetachKeys = EXEC_DETACH_KEYS;
  const id = await createExec(engine, container, body, signal).catch((error) => {
    throw notRunning(error, container);
  });
  const stream = await startExec(engine, id, { tty, consoleSize: body.ConsoleSize }, signal);
  // The rest is loaded while the engine starts the process, which takes it longer.
  const { execSession } = await import("./exec_session.ts");
  // By its id: whoever has its name now may be another one.
  const kill = (container: string) => ({
    mark,
    together,
    target: JSON.stringify([container, user, privileged]),
    openSibling: (command: readonly string[]) =>
      openExec(engine, container, command, { user, privileged }, together, () => {}),
    idsInside: async (look: () => Promise<readonly MainProcess[]>) => {
      const { idsInside } = await import("./ids_inside.ts");
      return await idsInside(engine, container, look);
    },
  });
  return await execSession({ engine, id, stream, options, kill, release });
}

/** Says of a container that is not running which one it is, in the user's words, and what to do. */
function notRunning(error: unknown, container: string): unknown {
  const known = error instanceof EngineError &&
    /is not running|only create exec sessions on running/.test(error.message);
  if (!known) return error;
  const { status, method, path } = error;
  const message = `${error.message}; start ${JSON.stringify(container)} first`;
  return new EngineError(message, { status, method, path });
}
