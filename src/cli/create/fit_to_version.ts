/**
 * Fits a create request to the version of the engine's API.
 *
 * @module
 */
import type { ContainerCreateBody } from "../../engine/types.ts";
import { compareApiVersions } from "../../engine/version.ts";
import { connect } from "../../session/connect.ts";
import { type Arguments, UsageError } from "../args.ts";
import { flagTitle } from "../flags.ts";
import type { Context } from "../verb.ts";
import type { CreateFlag, Fields } from "./draft.ts";

/** From this version on a network has the address of its card, and a container may join several. */
const BY_NETWORK = "1.44";

/**
 * Refuses what the engine would pass over in silence, and writes the rest as the engine reads it.
 * The engine is asked for its version only where it matters.
 *
 * @throws {UsageError} if a flag needs a newer engine
 */
export async function fitToVersion(
  body: ContainerCreateBody,
  flags: readonly CreateFlag[],
  args: Arguments,
  { client }: Pick<Context, "client">,
): Promise<ContainerCreateBody> {
  const newer = flags.filter(({ name, since }) => since !== undefined && args.has(name));
  const { EndpointsConfig = {} } = (body.NetworkingConfig ?? {}) as Record<string, Fields>;
  const endpoints = Object.values(EndpointsConfig) as Fields[];
  const mac = endpoints.find(({ MacAddress }) => MacAddress !== undefined);
  if (newer.length === 0 && endpoints.length < 2 && mac === undefined) return body;
  const engine = await connect(client);
  let version: string;
  try {
    version = await engine.apiVersion();
  } finally {
    engine.close();
  }
  for (const flag of newer) requireVersion(flagTitle(flag), flag.since!, version);
  if (endpoints.length > 1) requireVersion("--network, given twice,", BY_NETWORK, version);
  if (mac === undefined || compareApiVersions(version, BY_NETWORK) >= 0) return body;
  const { MacAddress, ...rest } = mac;
  const older = Object.entries(EndpointsConfig).map(([name, settings]) =>
    [name, settings === mac ? rest : settings] as const
  );
  return {
    ...body,
    MacAddress,
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(older) },
  };
}

function requireVersion(what: string, needed: string, version: string): void {
  if (compareApiVersions(version, needed) >= 0) return;
  throw new UsageError(
    `${what} needs version ${needed} of the engine's API, and this engine has ${version}`,
  );
}
