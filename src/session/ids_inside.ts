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

/** What is known of the main processes of execs, by their ids on the host. */
export interface IdsInside {
  /** The ids inside; those alone that are known for sure. */
  ids: Map<number, string>;
  /** Whether the container has no such process any more. Engines may tell of an end seconds later. */
  isGone: (hostId: number) => boolean;
}

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
    const before = await onHost(engine, container);
    const inside = await look();
    const after = await onHost(engine, container);
    const isGone = (id: number) => !after.all.has(id);
    // Where it shares another one's processes, those that are listed inside are not its own alone.
    const { PidMode } = (await inspectContainer(engine, container)).HostConfig;
    if (PidMode && PidMode !== "private") return { ids: new Map(), isGone };
    const stable = before.roots.filter((id) => after.roots.includes(id));
    return { ids: inOrder(stable, inside), isGone };
  } catch (error) {
    // A host whose ps(1) knows no order, or an engine that has no such call.
    if (error instanceof EngineError || error instanceof ProtocolError) return NOTHING;
    throw error;
  }
}

const NOTHING: IdsInside = { ids: new Map(), isGone: () => false };

/** Podman's own list has both. */
function podmanIds(rows: readonly string[][]): IdsInside {
  const ids = new Map(rows.map(([host, inside]) => [Number(host), inside]));
  return { ids, isGone: (id) => !ids.has(id) };
}

/**
 * Pairs the processes that were there before and after those inside were listed with these. They are
 * all among them: as many of each are the same ones.
 *
 * @param stable ids on the host, by their start
 */
export function inOrder(
  stable: readonly number[],
  inside: readonly MainProcess[],
): IdsInside["ids"] {
  if (stable.length !== inside.length) return new Map();
  const sorted = inside.toSorted((a, b) => a.start - b.start || Number(a.id) - Number(b.id));
  return new Map(stable.map((host, index) => [host, sorted[index].id]));
}

/**
 * The ids of a container's processes on the host: all, and by their start those that came into it from
 * outside, without its main process.
 */
async function onHost(
  engine: Engine,
  container: string,
): Promise<{ all: Set<number>; roots: number[] }> {
  const rows = await containerTop(engine, container, "-eo pid,ppid --sort=start_time,pid");
  const all = new Set(rows.map(([id]) => Number(id)));
  const roots = rows.filter(([, parent]) => !all.has(Number(parent))).slice(1);
  return { all, roots: roots.map(([id]) => Number(id)) };
}
