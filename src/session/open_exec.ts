/**
 * Opens a session with a new process in a running container.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import { createExec, inspectExec, resizeExec, startExec } from "../engine/execs.ts";
import { ConnectionLostError, EngineError } from "../errors.ts";
import { isMultiplexed } from "../http/hijack.ts";
import { targetsFrom } from "./deno_stdio.ts";
import { EXEC_DETACH_KEYS } from "./engine_detach_keys.ts";
import { ExecStartFailure } from "./exec_start_failure.ts";
import { HijackedSession } from "./hijacked_session.ts";
import { killMarked, markExec } from "./kill_exec.ts";
import { execBody, type ExecOptions } from "./options.ts";
import { payloadReader } from "./output.ts";
import type { ExitStatus, Session } from "./session.ts";
import { codeFromExec, lostWhileRunning } from "./status.ts";

/** The pauses, in milliseconds, before an exec that still runs at its output's end is asked again. */
const ASK_AGAIN = [10, 20, 40, 80, 160, 320];

/**
 * Opens a session with a new process in a running container.
 *
 * @param release is called when the session has ended
 */
export async function openExec(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions,
  release: () => void,
): Promise<Session> {
  const { tty = false, user, privileged, signal } = options;
  const { body, mark } = markExec(execBody(command, options));
  if (tty) body.DetachKeys = EXEC_DETACH_KEYS;
  const id = await createExec(engine, container, body, signal).catch((error) => {
    throw notRunning(error, container);
  });
  const stream = await startExec(engine, id, { tty, consoleSize: body.ConsoleSize }, signal);
  const failure = new ExecStartFailure(() => inspectExec(engine, id), options.onStartFailure);
  const hasEnded = async () => codeFromExec(await inspectExec(engine, id)) !== null;
  const openSibling = (command: readonly string[]) =>
    openExec(engine, container, command, { user, privileged }, () => {});
  const kill = (name: string) => killMarked({ mark, openSibling, hasEnded }, name);
  if (signal?.aborted) {
    // The engine had been told to start it by then: nobody is to be left with it.
    stream.connection.close();
    await kill("SIGKILL").catch(() => {});
    throw signal.reason;
  }
  return new HijackedSession({
    id,
    tty,
    connection: stream.connection,
    read: failure.watch(payloadReader(stream.connection, isMultiplexed(stream, tty))),
    stdin: options.stdin !== "piped" ? null : tty ? "stay-open" : "half-close",
    targets: targetsFrom(options),
    exited: async (outputEnded) => {
      try {
        await outputEnded;
        return await exitStatus(engine, id, failure);
      } catch (error) {
        throw lostWhileRunning(error);
      }
    },
    resize: (size) => resizeExec(engine, id, size),
    kill,
    release,
    signal,
  });
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

async function exitStatus(
  engine: Engine,
  id: string,
  failure: ExecStartFailure,
): Promise<ExitStatus> {
  // Docker knows the code before the output ends, Podman a moment later.
  for (const pause of [0, ...ASK_AGAIN]) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const code = codeFromExec(await inspectExec(engine, id));
    if (code !== null) return { reason: "exited", code: failure.code(code) };
  }
  throw new ConnectionLostError(
    "the engine ended the output while the command ran; it may still be running",
  );
}
