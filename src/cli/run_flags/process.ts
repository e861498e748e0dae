/**
 * The flags of `run` for the process itself.
 *
 * @module
 */
import {
  config,
  type CreateFlag,
  host,
  hostList,
  hostMap,
  hostSwitch,
  put,
} from "../create/draft.ts";
import { ENV, ENV_FILE, INTERACTIVE, TTY, USER, WORKDIR } from "../shared_flags.ts";
import { parseEnv, parseLabel, parsePair, parseSysctl } from "../values/key_value.ts";
import { parseKeyValueFile } from "../values/key_value_file.ts";
import { oneOf } from "../values/mode.ts";
import { integer } from "../values/number.ts";

/** The flags of `run` for the process itself, and what is written on the container. */
export const PROCESS_FLAGS: readonly CreateFlag[] = [
  {
    name: "entrypoint",
    kind: "string",
    value: "string",
    help: "Overwrite the default ENTRYPOINT of the image",
    create: config("Entrypoint", (value) => [value]),
  },
  {
    ...ENV,
    create: ({ config }, value, { env }) => {
      const entry = parseEnv(value);
      const own = entry.includes("=") ? undefined : env(entry);
      const full = own === undefined ? entry : `${entry}=${own}`;
      const name = full.split("=", 1)[0];
      const others = (config.Env as string[] | undefined ?? [])
        .filter((other) => other.split("=", 1)[0] !== name);
      config.Env = [...others, full];
    },
  },
  {
    ...ENV_FILE,
    create: ({ envOfFiles }, path, { env, read }) => {
      envOfFiles.push(...parseKeyValueFile(read(path), env));
    },
  },
  { ...INTERACTIVE },
  { ...TTY },
  { ...USER, create: config("User") },
  { ...WORKDIR, create: config("WorkingDir") },
  {
    name: "hostname",
    short: "h",
    kind: "string",
    value: "string",
    help: "Container host name",
    create: config("Hostname"),
  },
  {
    name: "domainname",
    kind: "string",
    value: "string",
    help: "Container NIS domain name",
    create: config("Domainname"),
  },
  {
    name: "label",
    short: "l",
    kind: "list",
    value: "list",
    help: "Set meta data on a container",
    create: ({ config }, value) => put(config, "Labels", parseLabel(value)),
  },
  {
    name: "label-file",
    kind: "list",
    value: "list",
    help: "Read in a line delimited file of labels",
    completes: "file",
    create: ({ labelsOfFiles }, path, { read }) => {
      labelsOfFiles.push(...parseKeyValueFile(read(path), () => undefined).map(parsePair));
    },
  },
  {
    name: "annotation",
    kind: "list",
    value: "map",
    help: "Add an annotation to the container (passed through to the OCI runtime)",
    since: "1.43",
    create: ({ host }, value) => put(host, "Annotations", parsePair(value)),
  },
  {
    name: "init",
    kind: "boolean",
    help: "Run an init inside the container that forwards signals and reaps processes",
    create: hostSwitch("Init"),
  },
  {
    name: "stop-signal",
    kind: "string",
    value: "string",
    help: "Signal to stop the container",
    create: config("StopSignal"),
  },
  {
    name: "stop-timeout",
    kind: "string",
    value: "int",
    help: "Timeout (in seconds) to stop a container",
    create: config("StopTimeout", integer()),
  },
  {
    name: "group-add",
    kind: "list",
    value: "list",
    help: "Add additional groups to join",
    create: hostList("GroupAdd"),
  },
  {
    name: "ipc",
    kind: "string",
    value: "string",
    help: "IPC mode to use",
    create: host("IpcMode"),
  },
  {
    name: "isolation",
    kind: "string",
    value: "string",
    help: "Container isolation technology",
    choices: ["default", "hyperv", "process"],
    create: host("Isolation"),
  },
  {
    name: "runtime",
    kind: "string",
    value: "string",
    help: "Runtime to use for this container",
    create: host("Runtime"),
  },
  {
    name: "sysctl",
    kind: "list",
    value: "map",
    help: "Sysctl options",
    create: hostMap("Sysctls", parseSysctl),
  },
  {
    name: "uts",
    kind: "string",
    value: "string",
    help: "UTS namespace to use",
    choices: ["host"],
    create: host("UTSMode", oneOf("host")),
  },
];
