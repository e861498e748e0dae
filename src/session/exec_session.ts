/**
 * The session with a process that an exec has started.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import { inspectExec, resizeExec } from "../engine/execs.ts";
import { ConnectionLostError, ProtocolError } from "../errors.ts";
import { type Hijacked, isMultiplexed } from "../http/hijack.ts";
import { targetsFrom } from "./deno_stdio.ts";
import { ExecStartFailure } from "./exec_start_failure.ts";
import { Resizer } from "./resizer.ts";
import { HijackedSession } from "./hijacked_session.ts";
import { type ExecState, killMarked, type MarkedExec } from "./kill_exec.ts";
import type { ExecOptions } from "./options.ts";
import { payloadReader } from "./output.ts";
import type { ExitStatus, Session } from "./session.ts";
import { codeFromExec, lostWhileRunning } from "./status.ts";

/** The pauses, in milliseconds, before an exec that still runs at its output's end is asked again. */
const ASK_AGAIN = [10, 20, 40, 80, 160, 320];

/** What is known of an exec that has been started. */
export interface StartedExec {
  engine: Engine;
  id: string;
  stream: Hijacked;
  options: ExecOptions;
  /** What a signal for it takes, by its container's id. */
  kill: (container: string) => Omit<MarkedExec, "state" | "timeout">;
  release: () => void;
}

/** Makes the session. */
export async function execSession(
  { engine, id, stream, options, kill: marked, release }: StartedExec,
): Promise<Session> {
  const { tty = false, signal } = options;
  const failure = new ExecStartFailure(() => inspectExec(engine, id), options.onStartFailure);
  const state = async (): Promise<ExecState> => {
    const exec = await inspectExec(engine, id);
    if (codeFromExec(exec) !== null) return { is: "ended" };
    return exec.Pid > 0 ? { is: "runs", hostId: exec.Pid } : { is: "starts" };
  };
  const { timeout } = engine;
  const kill = async (name: string) => {
    const { ContainerID: container } = await inspectExec(engine, id);
    if (typeof container !== "string" || container === "") {
      throw new ProtocolError("the engine does not tell which container the command runs in");
    }
    await killMarked({ ...marked(container), state, timeout }, name);
  };
  if (signal?.aborted) {
    // The engine had been told to start it by then: nobody is to be left with it.
    stream.connection.close();
    await kill("SIGKILL").catch(() => {});
    throw signal.reason;
  }
  const resizer = new Resizer((size) => resizeExec(engine, id, size));
  const session = new HijackedSession({
    id,
    tty,
    connection: stream.connection,
    read: failure.watch(payloadReader(stream.connection, isMultiplexed(stream, tty))),
    stdin: options.stdin !== "piped" ? null : tty ? "stay-open" : "half-close",
    targets: targetsFrom(options),
    exited: async (outputEnded) => {
      await outputEnded;
      try {
        return await exitStatus(engine, id, failure);
      } catch (error) {
        throw lostWhileRunning(error);
      }
    },
    size: tty ? options.size : undefined,
    resize: resizer.resize,
    kill,
    release: () => {
      resizer.end();
      release();
    },
    signal,
    dispose: options.dispose,
  });
  // Not waited for: an engine may take long to answer for a process that it cannot start.
  if (tty && options.size) resizer.first(engine, options.size, { startsLate: true });
  return session;
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
