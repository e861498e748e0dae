/**
 * The ids, inside a container, of processes that the engine knows by those on its host.
 *
 * Nothing in the API tells both, but of Podman. But what a container's main process and its execs'
 * are can be listed on both sides, in the order in which they were started: where both lists have the
 * same processes, their order is the same.
 *
 * @module
 */
import { containerTop, inspectContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError, ProtocolError } from "../errors.ts";

/** A main process inside a container: of an exec, not the container's own. */
export interface MainProcess {
  id: string;
  /** When it was started, in the kernel's ticks. */
  start: number;
}

/** The ids inside of the main processes of execs, by those on the host; those alone that are known for sure. */
export type IdsInside = Map<number, string>;

/**
 * Finds the ids inside.
 *
 * @param look lists the main processes inside, without its own
 */
export async function idsInside(
  engine: Engine,
  container: string,
  look: () => Promise<readonly MainProcess[]>,
): Promise<IdsInside> {
  try {
    if (engine.isPodman) return podmanIds(await containerTop(engine, container, "hpid,pid"));
    // Where it shares another one's processes, those that are listed inside are not its own alone.
    const { PidMode } = (await inspectContainer(engine, container)).HostConfig;
    if (PidMode && PidMode !== "private") return new Map();
    const before = await hostRoots(engine, container);
    const inside = await look();
    const after = new Set(await hostRoots(engine, container));
    return inOrder(before.filter((id) => after.has(id)), inside);
  } catch (error) {
    // A host whose ps(1) knows no order, or an engine that has no such call.
    if (error instanceof EngineError || error instanceof ProtocolError) return new Map();
    throw error;
  }
}

/** Podman's own list has both. */
function podmanIds(rows: readonly string[][]): IdsInside {
  return new Map(rows.map(([host, inside]) => [Number(host), inside]));
}

/**
 * Pairs the processes that were there before and after those inside were listed with these. They are
 * all among them: as many of each are the same ones.
 *
 * @param stable ids on the host, by their start
 */
export function inOrder(stable: readonly number[], inside: readonly MainProcess[]): IdsInside {
  if (stable.length !== inside.length) return new Map();
  const sorted = inside.toSorted((a, b) => a.start - b.start || Number(a.id) - Number(b.id));
  return new Map(stable.map((host, index) => [host, sorted[index].id]));
}

/** The ids, on the host, of what came into a container from outside, by their start; without its main process. */
async function hostRoots(engine: Engine, container: string): Promise<number[]> {
  const rows = await containerTop(engine, container, "-eo pid,ppid --sort=start_time,pid");
  const ids = new Set(rows.map(([id]) => id));
  return rows.filter(([, parent]) => !ids.has(parent)).slice(1).map(([id]) => Number(id));
}
