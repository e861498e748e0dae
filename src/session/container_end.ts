/**
 * How a container's main process ended: what the engine answers to the wait for it, and what is to
 * be made of an engine that does not answer.
 *
 * @module
 */
import { inspectContainer, type Wait } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import type { ContainerInspect } from "../engine/types.ts";
import { ConnectionLostError } from "../errors.ts";
import type { ExitStatus } from "./session.ts";
import { lostWhileRunning, statusFromWait } from "./status.ts";

/** How long a container may take to end after its output has, in milliseconds. */
const END_TIME = 2000;

/** What is looked at to tell how a container ended. */
export interface ContainerEnd {
  /** The engine that has the container. */
  engine: Engine;
  /** The container's id. */
  id: string;
  /** The wait for its end. */
  wait: Wait;
}

/**
 * Resolves to how a container ended.
 *
 * @param outputEnded resolves when its output has ended, at which the engine owes the wait's answer
 * @throws {ConnectionLostError} if it is not known to have ended
 */
export async function containerEnd(
  { engine, id, wait }: ContainerEnd,
  outputEnded: Promise<void>,
): Promise<ExitStatus> {
  using watch = watchState(engine, id, outputEnded);
  try {
    return await Promise.race([wait.answer.then(statusFromWait), watch.found]);
  } catch (error) {
    throw lostWhileRunning(error);
  }
}

/** Whether a container whose output is over has ended, as far as the engine tells within two seconds. */
export async function hasEnded({ answer }: Wait): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), END_TIME);
  const known = answer.then(() => true, () => false);
  return await Promise.race([known, late.promise]).finally(() => clearTimeout(timer));
}

/**
 * Tells an output that was cut from one that has ended. Engines end it with the process, whatever
 * that does with its streams, and answer the wait a moment later; after the removal, where there is
 * one. An engine that never answers is asked for the container's state in place of that.
 */
function watchState(
  engine: Engine,
  id: string,
  outputEnded: Promise<void>,
): Disposable & { found: Promise<ExitStatus> } {
  const { promise: found, resolve, reject } = Promise.withResolvers<ExitStatus>();
  found.catch(() => {});
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const requireEnd = ({ Running }: ContainerInspect["State"]) => {
    if (!Running) return;
    throw new ConnectionLostError(
      "the engine ended the output while the container ran; it may still be running",
    );
  };
  const later = (milliseconds: number, look: () => Promise<void>) => {
    if (over || milliseconds === Infinity) return;
    timer = setTimeout(() => look().catch(reject), milliseconds);
  };
  const look = async () => {
    const inspected = await inspectContainer(engine, id).catch(() => undefined);
    // What cannot be asked yet is told by the wait.
    if (inspected !== undefined && !over) requireEnd(inspected.State);
    later(engine.timeout, lookAtLast);
  };
  const lookAtLast = async () => {
    const { State } = await inspectContainer(engine, id);
    requireEnd(State);
    if (
      !/^(exited|dead|removing|stopped)$/.test(State.Status) || !Number.isInteger(State.ExitCode)
    ) {
      throw new ConnectionLostError("the engine does not tell how the container ended");
    }
    resolve({ reason: "exited", code: State.ExitCode });
  };
  outputEnded.then(() => later(Math.min(END_TIME, engine.timeout), look), () => {});
  return {
    found,
    [Symbol.dispose](): void {
      over = true;
      if (timer !== undefined) clearTimeout(timer);
    },
  };
}
