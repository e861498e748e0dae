/**
 * The networks of a create request.
 *
 * @module
 */
import { FlagError } from "../args.ts";
import { isUserDefined, type NetworkAttachment, plainAttachment } from "../values/network.ts";
import type { Draft, Fields } from "./draft.ts";

/**
 * The settings of each network, by its name: the flags that name none are meant for the first.
 *
 * @param told whether more is told of the networks elsewhere
 */
export function endpoints({ host, networks, endpoint }: Draft, told: boolean): Fields {
  const mode = host.NetworkMode as string;
  const joined = networks.length === 0 ? [plainAttachment(mode)] : networks;
  const [first, ...others] = joined;
  const whole = [withFlags(first, endpoint), ...others];
  refuseConflicts(whole);
  const settings = whole.map((network) => [network.target, endpointSettings(network)] as const);
  const bare = joined.length === 1 && Object.keys(settings[0][1]).length === 0;
  // Docker's way: the engine's default network is named only where no flag names it.
  const named = networks.length > 0 || mode !== "default" || told;
  return bare && named ? {} : Object.fromEntries(settings);
}

const PLACES = {
  aliases: "network-alias",
  ip: "ip",
  ip6: "ip6",
  mac: "mac-address",
  linkLocalIps: "link-local-ip",
} as const;

function withFlags(
  network: NetworkAttachment,
  { links = [], ...endpoint }: Draft["endpoint"],
): NetworkAttachment {
  for (const [field, flag] of Object.entries(PLACES)) {
    const own = network[field as keyof typeof PLACES];
    if (own?.length && endpoint[field as keyof typeof PLACES] !== undefined) {
      throw new FlagError(
        `conflicting options: cannot specify both --${flag} and the same in --network`,
      );
    }
  }
  // For a network of the engine's own, links are the host's matter.
  return { ...network, ...endpoint, links: isUserDefined(network.target) ? links : [] };
}

function refuseConflicts(networks: readonly NetworkAttachment[]): void {
  const names = networks.map(({ target }) => target);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new FlagError(`network ${JSON.stringify(twice)} is specified multiple times`);
  }
  if (names.some(isUserDefined) && !names.every(isUserDefined)) {
    throw new FlagError(
      `conflicting options: cannot join ${names.join(" and ")} at once: one of them is the ` +
        "engine's own",
    );
  }
  if (networks.some(({ target, aliases }) => aliases.length > 0 && !isUserDefined(target))) {
    throw new FlagError(
      "--network-alias: network-scoped aliases are only supported for user-defined networks",
    );
  }
}

function endpointSettings(network: NetworkAttachment): Fields {
  const { aliases, links, driverOptions, linkLocalIps, ip, ip6, mac, priority } = network;
  const addresses = { IPv4Address: ip, IPv6Address: ip6, LinkLocalIPs: filled(linkLocalIps) };
  const settings: Fields = {
    Aliases: filled(aliases),
    Links: filled(links),
    DriverOpts: Object.keys(driverOptions).length > 0 ? driverOptions : undefined,
    IPAMConfig: Object.values(addresses).some((value) => value !== undefined)
      ? addresses
      : undefined,
    MacAddress: mac,
    GwPriority: priority || undefined,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
