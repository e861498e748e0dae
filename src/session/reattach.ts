/**
 * Coming back to a container whose connection was lost.
 *
 * @module
 */
import {
  ConnectionError,
  ConnectionLostError,
  ContainerStateError,
  DockerptyError,
  EngineError,
  InvalidOptionError,
  messageOf,
} from "../errors.ts";
import { pause, type Timers } from "../stream/timers.ts";

/** The pauses before each attempt, in milliseconds; the last one is repeated. */
const PAUSES = [100, 200, 400, 800, 1600, 3000];
/** How long an attempt may take, in milliseconds: where the network is gone, nothing ever answers. */
const ATTEMPT_TIME = 30_000;
/** How long it is tried, in milliseconds. */
const PATIENCE = 120_000;

/** What {@linkcode reattach} works with. */
export interface Reattach<T> {
  /** Attaches to the container, until the signal aborts. */
  attach: (signal: AbortSignal) => Promise<T>;
  /** The container's id. */
  container: string;
  /** The clock that is waited by. */
  timers: Timers;
  /** Gives up when it aborts. */
  signal: AbortSignal;
  /** The time, in milliseconds. */
  now?: () => number;
}

/**
 * Attaches to a container again, as often as it takes for about two minutes, also to one that is paused
 * meanwhile.
 *
 * @returns what `attach` gives; of a container that has ended in between, too
 * @throws {ConnectionLostError} if the engine does not come back, or the container is gone or cannot be
 * attached to
 */
export async function reattach<T>(
  { attach, container, timers, signal, now = () => performance.now() }: Reattach<T>,
): Promise<T> {
  let problem: unknown;
  for (let attempt = 0, waited = 0; waited < PATIENCE; attempt++) {
    const milliseconds = PAUSES[Math.min(attempt, PAUSES.length - 1)];
    await pause(milliseconds, timers, signal);
    waited += milliseconds;
    const late = new AbortController();
    const begun = now();
    const timer = timers.set(() => {
      late.abort(new ConnectionError(`it did not answer in ${ATTEMPT_TIME / 1000} seconds`));
    }, ATTEMPT_TIME);
    try {
      return await attach(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      // Whoever gave up has a reason of their own.
      signal.throwIfAborted();
      if (error instanceof EngineError && error.status === 404) {
        const name = container.slice(0, 12);
        throw new ConnectionLostError(
          `the connection to the engine was lost, and the container ${name} was removed since: how it ` +
            "ended is not known",
          { cause: error },
        );
      }
      // One that has ended just now is found so by the next attempt.
      const passes = error instanceof ContainerStateError &&
        (error.paused || error.exitCode !== undefined);
      const comesBack = passes || error instanceof ConnectionError ||
        error instanceof EngineError && error.status >= 500 || isOfSystem(error);
      if (!comesBack) throw isOfEngine(error) ? failed(error) : error;
      problem = error;
      waited += late.signal.aborted ? ATTEMPT_TIME : now() - begun;
    } finally {
      timers.clear(timer);
    }
  }
  if (problem instanceof ContainerStateError) throw failed(problem);
  throw new ConnectionLostError(
    `the engine did not come back, and the process in the container may still be running: ${
      messageOf(problem)
    }`,
    { cause: problem },
  );
}

/** Whether an error is of the engine's or the container's, and not the caller's own. */
function isOfEngine(error: unknown): boolean {
  return error instanceof DockerptyError && !(error instanceof InvalidOptionError);
}

function failed(error: unknown): ConnectionLostError {
  return new ConnectionLostError(
    `the connection to the engine was lost, and attaching again failed: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Whether an error is Deno's own, as one that dials by itself may throw: nobody listens, or not yet. */
function isOfSystem(error: unknown): boolean {
  return Object.values(Deno.errors).some((SystemError) => error instanceof SystemError);
}
