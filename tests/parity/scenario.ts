/**
 * A scenario, driven once with docker's own CLI and once with dockerpty, on the same engine.
 *
 * What a scenario observes has to be the same with both, and what it says of `both` has to be in it:
 * without that, two clients that fail alike would count as equal. Where ours differs on purpose the
 * scenario tells why, and both ways are asserted, so that a change on either side shows.
 */
import { assert, assertEquals } from "@std/assert";
import { testWithEngine } from "../harness/engine.ts";
import { type ClientName, Side } from "./side.ts";
import { dockerMissing, type Engine, engine } from "./engines.ts";

/** What is seen of a run: codes, bytes, states. */
export type Outcome = Record<string, unknown>;

/** A difference on purpose. */
export interface Differs {
  why: string;
  /** Where users asked for it; `-` where nobody did. */
  thread: string;
  /** What docker's CLI does, and what dockerpty does: the same keys, the only ones that differ. */
  docker: Outcome;
  dockerpty: Outcome;
}

/** What is to come of a scenario. */
export interface Expected {
  /** A part, or all, of what is seen with both. */
  both?: Outcome;
  differs?: Differs;
}

/** What is to come of a scenario, and where that is otherwise. */
export interface Expectation extends Expected {
  /** Engines on which something else comes of it, or on which it makes no sense, with the reason. */
  on?: Partial<Record<Engine, Expected | { inapplicable: string }>>;
  /** In milliseconds, for both clients together: they are driven at the same time. */
  limit?: number;
}

/** Declares a scenario. */
export function parity(
  name: string,
  { on, limit = 90_000, ...always }: Expectation,
  drive: (side: Side) => Promise<Outcome>,
): void {
  const here = on?.[engine] ?? {};
  if ("inapplicable" in here) {
    console.error(`not on this engine: parity: ${name}: ${here.inapplicable}`);
    return;
  }
  if (dockerMissing !== null) console.error(`SKIPPED parity: ${name}: ${dockerMissing}`);
  testWithEngine(`parity: ${name}`, async () => {
    const [docker, dockerpty] = await both(drive, limit);
    compare(docker, dockerpty, { ...always, ...here });
  }, { ignore: dockerMissing !== null, limit: limit + 20_000 });
}

/** Drives both clients to their end, even if one fails, so that both leave nothing behind. */
async function both(drive: (side: Side) => Promise<Outcome>, limit: number): Promise<Outcome[]> {
  const names: ClientName[] = ["docker", "dockerpty"];
  const driven = await Promise.allSettled(names.map((name) => driveOne(name, drive, limit)));
  const failures = driven.flatMap((result, index) =>
    result.status === "rejected" ? [`with ${names[index]}: ${message(result.reason)}`] : []
  );
  assert(failures.length === 0, failures.join("\n\n"));
  return driven.map((result) => (result as PromiseFulfilledResult<Outcome>).value);
}

async function driveOne(
  name: ClientName,
  drive: (side: Side) => Promise<Outcome>,
  limit: number,
): Promise<Outcome> {
  await using side = new Side(name);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not over after ${limit} ms`)), limit);
  try {
    const driving = drive(side);
    // If it is late, it fails a second time when its processes and containers are taken away.
    driving.catch(() => {});
    return side.anonymous(await Promise.race([driving, late])) as Outcome;
  } finally {
    clearTimeout(timer);
  }
}

function compare(docker: Outcome, dockerpty: Outcome, { both, differs }: Expected): void {
  const differing = Object.keys(differs?.docker ?? {});
  if (differs) {
    assertEquals(Object.keys(differs.dockerpty).sort(), differing.toSorted(), "the keys differ");
    assertEquals(part(docker, differing), differs.docker, "docker's CLI has changed its way");
    assertEquals(part(dockerpty, differing), differs.dockerpty, "dockerpty's own way");
  }
  const keys = Object.keys(both ?? {});
  assertEquals(part(docker, keys), both ?? {}, "docker's CLI does not do what is expected of both");
  const rest = Object.keys({ ...docker, ...dockerpty }).filter((key) => !differing.includes(key));
  assertEquals(part(dockerpty, rest), part(docker, rest), "dockerpty, and then docker's CLI");
}

function part(outcome: Outcome, keys: string[]): Outcome {
  return Object.fromEntries(keys.map((key) => [key, outcome[key]]));
}

function message(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
