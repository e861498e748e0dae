/**
 * How containers are made that need no network.
 *
 * The mode "none" costs Docker as much again as all else of a container: it starts itself anew, for a
 * namespace that nothing is connected to. An engine without a bridge does not do that by default, and
 * connects nothing either.
 */
import { request } from "./engine_api.ts";

const networks: { Driver: string }[] = await request("GET", "/networks").then(
  (answer) => answer.json(),
  // No engine, no container.
  () => [],
);

/** The network for a container that needs none; undefined where the default is as good. */
export const network = networks.some(({ Driver }) => Driver === "bridge") ? "none" : undefined;

/** The same, as flags. */
export const networkFlags: readonly string[] = network === undefined ? [] : ["--network", network];
