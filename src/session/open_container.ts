/**
 * Opens sessions with the main process of a container: a new one, a stopped one, a running one.
 *
 * @module
 */
import {
  createContainer,
  inspectContainer,
  removeContainer,
  startContainer,
  type WaitCondition,
} from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import type { ContainerCreateBody, ContainerInspect } from "../engine/types.ts";
import { ContainerStateError, DockerptyError, InvalidOptionError, messageOf } from "../errors.ts";
import { attachedParts, logReader } from "./container_session.ts";
import { targetsFrom } from "./deno_stdio.ts";
import { createBody } from "./create_bodies.ts";
import { orEnded } from "./give_up.ts";
import type { AttachOptions, RunOptions, SessionOptions } from "./options.ts";
import { HijackedSession, type SessionParts } from "./hijacked_session.ts";
import { type PullOptions, withImage } from "./pull.ts";
import type { Session } from "./session.ts";
import { ATTACHED, SHOWN, type Shown, THROUGH } from "./shown_option.ts";
import type { ShownOutput } from "./shown_output.ts";

/**
 * Creates a container; pulls its image where the policy says so. Whatever fails from then on, in
 * `use` or here, one that was to be removed is removed, and so is one whose id nobody was told.
 */
export async function withCreated<T>(
  engine: Engine,
  body: ContainerCreateBody,
  options: PullOptions & Pick<RunOptions, "name" | "onCreated" | "dispose">,
  use: (id: string) => Promise<T>,
): Promise<T> {
  const { name, platform, signal } = options;
  const attempt = () => createContainer(engine, body, { name, platform }, signal);
  const created = await withImage(engine, body.Image!, options, attempt);
  let remove = true;
  try {
    signal?.throwIfAborted();
    options.onCreated?.(created);
    remove = body.HostConfig?.AutoRemove === true;
    if (!remove) return await orEnded(engine, created.id, options, () => use(created.id));
    const used = await use(created.id);
    signal?.throwIfAborted();
    return used;
  } catch (error) {
    // The engine removes only what it has started.
    if (remove) await undo(engine, created.id, error);
    throw error;
  }
}

/** Removes a container; where that cannot be done, the error that led to it says so. */
async function undo(engine: Engine, id: string, error: unknown): Promise<void> {
  try {
    await removeContainer(engine, id, { force: true });
  } catch (problem) {
    if (!(error instanceof DockerptyError)) return;
    error.cause ??= problem;
    error.message += `; the container ${id.slice(0, 12)} could not be removed: ${
      messageOf(problem)
    }`;
  }
}

/** Opens a session with the main process of a new container, and starts it. */
export async function openRun(
  engine: Engine,
  image: string,
  command: readonly string[],
  options: RunOptions & Shown,
  release: () => void,
): Promise<Session> {
  const { signal } = options;
  // A new container's log begins where its output does.
  options[SHOWN]?.begin([], true);
  const body = createBody(image, command, options);
  return await withCreated(engine, body, options, async (id) => {
    const parts = await attachedParts(
      engine,
      id,
      {
        tty: body.Tty === true,
        stdin: body.OpenStdin === true,
        attached: { stdout: body.AttachStdout !== false, stderr: body.AttachStderr !== false },
        halfClose: body.StdinOnce === true,
        targets: targetsFrom(options),
        condition: exitCondition(engine, body.HostConfig?.AutoRemove === true),
        size: options.size,
        signal,
        dispose: options.dispose,
      },
      release,
      () => startShown(engine, id, options),
    );
    return sessionOf(parts, options);
  });
}

/** Starts a container, and notes when that was where its session may be come back to. */
async function startShown(
  engine: Engine,
  id: string,
  { signal, [SHOWN]: shown }: SessionOptions & Shown,
): Promise<void> {
  await startContainer(engine, id, signal);
  if (shown === undefined) return;
  try {
    shown.startedAt = (await inspectContainer(engine, id, signal)).State.StartedAt;
  } catch {
    // It may have ended and be gone by now; what else is wrong the session tells.
  }
}

/** Opens a session with the main process of a container that exists, and starts that. */
export async function openStart(
  engine: Engine,
  container: string,
  options: SessionOptions & Shown,
  release: () => void,
): Promise<Session> {
  const { signal } = options;
  const { Id: id, Config, HostConfig, State } = await inspectContainer(engine, container, signal);
  const settings = {
    tty: Config.Tty,
    stdin: Config.OpenStdin && options.stdin === "piped",
    halfClose: closesStdin(engine, Config),
    targets: targetsFrom(options),
    condition: exitCondition(engine, HostConfig.AutoRemove === true),
    shown: options[SHOWN],
    running: State.Running,
    signal,
    dispose: options.dispose,
  };
  const open = async () => {
    const start = () => startShown(engine, id, options);
    return sessionOf(await attachedParts(engine, id, settings, release, start), options);
  };
  // One that runs already is not this session's to end before there is one.
  return await (State.Running ? open() : orEnded(engine, id, options, open));
}

function sessionOf(parts: SessionParts, { [THROUGH]: through }: Shown): Session {
  return new HijackedSession(through === undefined ? parts : through(parts));
}

/** What to wait for, so that a container that is removed at its end is gone when the session ends. */
function exitCondition(engine: Engine, remove: boolean): WaitCondition {
  // Podman forgets the exit code with the container: it answers the wait for its removal with 0.
  return remove && !engine.isPodman ? "removed" : "next-exit";
}

/** What to wait for where the container runs already. */
function runningCondition(engine: Engine, remove: boolean, comesBack = false): WaitCondition {
  // As the session before has waited: one that is removed at its end is gone then.
  if (remove && comesBack && !engine.isPodman) return "removed";
  // Podman looks for the state now and then, and finds a container gone that is removed at its end.
  return remove && engine.isPodman ? "next-exit" : "not-running";
}

/** Whether a half-close ends the process's stdin, and lets output go on. */
function closesStdin(engine: Engine, { StdinOnce }: ContainerInspect["Config"]): boolean {
  // Podman does not tell: it has no stdin that stays open for the next client.
  return StdinOnce || engine.isPodman;
}

/** Opens a session with the main process of a running container. */
export async function openAttach(
  engine: Engine,
  container: string,
  options: AttachOptions & Shown,
  release: () => void,
): Promise<Session> {
  return sessionOf(await partsOfRunning(engine, container, options, release), options);
}

/**
 * What a session with a running container is made of; or with one that has ended since a session
 * before.
 */
export async function partsOfRunning(
  engine: Engine,
  container: string,
  options: AttachOptions & Shown,
  release: () => void,
): Promise<SessionParts> {
  const { signal, tail = 0 } = options;
  if (!Number.isSafeInteger(tail) || tail < 0) {
    throw new InvalidOptionError(`invalid tail (${tail}): expected a number of lines, 0 or more`);
  }
  const inspected = await inspectContainer(engine, container, signal);
  const { Id: id, Config, HostConfig, State } = inspected;
  const { [SHOWN]: shown, [ATTACHED]: attached } = options;
  if (shown?.begun) requireSame(inspected, shown);
  else if (shown !== undefined) shown.startedAt = State.StartedAt;
  if (shown?.begun && State.Status === "exited") {
    const { endedParts } = await import("./ended_session.ts");
    const { Tty: tty } = Config;
    const readLog = logReader(engine, id, { tty, attached, signal, optional: true });
    const { ExitCode: code } = State;
    return await endedParts({
      id,
      tty,
      code,
      targets: targetsFrom(options),
      shown,
      readLog,
      release,
    });
  }
  requireRunning(inspected, container);
  const settings = {
    tty: Config.Tty,
    stdin: Config.OpenStdin && options.stdin === "piped",
    halfClose: closesStdin(engine, Config),
    condition: runningCondition(engine, HostConfig.AutoRemove === true, shown?.begun),
    attached,
    targets: targetsFrom(options),
    tail,
    shown,
    signal,
    dispose: options.dispose,
  };
  return await attachedParts(engine, id, settings, release, async () => {
    // It may have ended in between, and then nothing would ever come.
    const now = await inspectContainer(engine, id, signal);
    requireRunning(now, container);
    if (shown !== undefined) requireSame(now, shown);
  });
}

/** A container that was started again has another process: nothing that was meant for the first is for that. */
function requireSame({ Id, State }: ContainerInspect, { startedAt }: ShownOutput): void {
  if (startedAt === undefined || State.StartedAt === startedAt) return;
  throw new ContainerStateError(
    `the container ${Id.slice(0, 12)} was started again since: how the process of this session ` +
      "ended is not known (docker logs may have what it wrote)",
  );
}

function requireRunning({ State }: Pick<ContainerInspect, "State">, container: string): void {
  const problem = !State.Running
    ? "is not running: start it first, or start and attach in one with start -ai"
    : State.Paused
    ? "is paused: unpause it first"
    : State.Restarting
    ? "is restarting: wait until it runs"
    : null;
  if (problem !== null) {
    throw new ContainerStateError(
      `cannot attach to the container ${JSON.stringify(container)}: it ${problem}`,
      {
        // Podman's ends by way of stopping and stopped, with a code that is not the last word.
        exitCode: /^(exited|removing|stopping|stopped)$/.test(State.Status)
          ? State.ExitCode
          : undefined,
        paused: State.Running && State.Paused,
      },
    );
  }
}
