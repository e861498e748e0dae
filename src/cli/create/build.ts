/**
 * From flags to the body of a create request, as docker's command line sends it.
 *
 * @module
 */
import type { ContainerCreateBody } from "../../engine/types.ts";
import { type Arguments, FlagError, invalidValue } from "../args.ts";
import type { Local } from "../local.ts";
import { normalizeCapabilities } from "../values/capability.ts";
import { parseStream } from "../values/mode.ts";
import { ValueError } from "../values/value_error.ts";
import type { CreateFlag, Draft, Fields } from "./draft.ts";
import { endpoints } from "./endpoints.ts";
import { merge } from "./merge.ts";

/** What docker's command line sends where no flag says otherwise. */
const HOST_DEFAULTS: Fields = {
  NetworkMode: "default",
  RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  MemorySwappiness: -1,
  OomKillDisable: false,
  PidsLimit: 0,
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
};

/**
 * Builds the body, on top of `base`: the fields that have no flag.
 *
 * @throws {FlagError} if a value cannot be used, or flags conflict
 */
export function buildCreate(
  flags: readonly CreateFlag[],
  args: Arguments,
  local: Local,
  base: Fields = {},
): ContainerCreateBody {
  const { HostConfig: hostBase, NetworkingConfig: networking, ...configBase } = base;
  const draft: Draft = {
    config: configBase,
    host: merge(HOST_DEFAULTS, hostBase as Fields | undefined ?? {}),
    health: {},
    networks: [],
    endpoint: {},
    cdiDevices: [],
    envOfFiles: [],
    labelsOfFiles: [],
  };
  for (const flag of flags) readFlag(flag, args, draft, local);
  const { config, host } = draft;
  addEnvAndLabels(draft);
  addHealth(draft, args.boolean("no-healthcheck"));
  addSecurity(draft);
  addAttached(config, args);
  if (draft.networks.length > 0) host.NetworkMode = draft.networks[0].target;
  if (draft.cdiDevices.length > 0) {
    const request = { Driver: "cdi", DeviceIDs: draft.cdiDevices };
    host.DeviceRequests = [...host.DeviceRequests as unknown[] | undefined ?? [], request];
  }
  refuseConflicts(draft, args);
  const own = { EndpointsConfig: endpoints(draft, networking !== undefined) };
  const joined = networking === undefined ? own : merge(networking as Fields, own);
  return { ...config, HostConfig: host, NetworkingConfig: joined };
}

function readFlag(flag: CreateFlag, args: Arguments, draft: Draft, local: Local): void {
  if (flag.create === undefined) return;
  for (const value of valuesOf(flag, args)) {
    try {
      flag.create(draft, value, local);
    } catch (error) {
      if (error instanceof ValueError) throw invalidValue(flag, value, error.message);
      throw error;
    }
  }
}

function valuesOf({ name, kind }: CreateFlag, args: Arguments): readonly string[] {
  if (!args.has(name)) return [];
  if (kind === "list") return args.list(name);
  return [kind === "boolean" ? String(args.boolean(name)) : args.string(name)!];
}

function addEnvAndLabels({ config, envOfFiles, labelsOfFiles }: Draft): void {
  if (envOfFiles.length > 0) {
    config.Env = [...envOfFiles, ...config.Env as string[] | undefined ?? []];
  }
  if (labelsOfFiles.length > 0) {
    config.Labels = { ...Object.fromEntries(labelsOfFiles), ...config.Labels as Fields };
  }
}

function addHealth({ config, health }: Draft, none: boolean): void {
  const given = Object.keys(health).length > 0;
  if (none && given) throw new FlagError("--no-healthcheck conflicts with --health-* options");
  if (none) config.Healthcheck = { Test: ["NONE"] };
  else if (given) config.Healthcheck = health;
}

function addSecurity({ host }: Draft): void {
  for (const field of ["CapAdd", "CapDrop"]) {
    if (host[field] !== undefined) host[field] = normalizeCapabilities(host[field] as string[]);
  }
  const options = host.SecurityOpt as string[] | undefined ?? [];
  if (!options.includes("systempaths=unconfined")) return;
  // No matter of the engine's: it is told the paths themselves.
  host.SecurityOpt = options.filter((option) => option !== "systempaths=unconfined");
  host.MaskedPaths = [];
  host.ReadonlyPaths = [];
}

/** What is attached: the streams of `--attach`, else stdout and stderr; stdin with `-i` too. */
function addAttached(config: Fields, args: Arguments): void {
  const streams = attachedStreams(args);
  const { OpenStdin: open } = config;
  const interactive = args.has("interactive") ? args.boolean("interactive") : open === true;
  config.OpenStdin = interactive;
  config.AttachStdin = interactive || streams.includes("stdin");
  config.AttachStdout = streams.length === 0 || streams.includes("stdout");
  config.AttachStderr = streams.length === 0 || streams.includes("stderr");
  // Without this, the end of stdin would close the output too.
  config.StdinOnce = interactive;
}

/** The streams that `--attach` names. */
function attachedStreams(args: Arguments): string[] {
  return args.list("attach").map((value) => {
    try {
      return parseStream(value);
    } catch (error) {
      const flag = { name: "attach", short: "a", kind: "list", help: "" } as const;
      throw invalidValue(flag, value, (error as Error).message);
    }
  });
}

function refuseConflicts({ host }: Draft, args: Arguments): void {
  const { Name: restart = "no" } = (host.RestartPolicy ?? {}) as { Name?: string };
  if (host.AutoRemove === true && restart !== "no" && restart !== "") {
    throw new FlagError("conflicting options: cannot specify both --restart and --rm");
  }
  if (args.string("log-driver") === "none" && args.list("log-opt").length > 0) {
    throw new FlagError("conflicting options: --log-driver none has no options for --log-opt");
  }
}
