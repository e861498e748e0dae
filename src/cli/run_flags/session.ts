/**
 * The flags of `run` for how it is carried out, on this side.
 *
 * @module
 */
import { type CreateFlag, host } from "../create/draft.ts";
import { DETACH_KEYS, RECONNECT, RECORD, SIG_PROXY } from "../shared_flags.ts";

/** The flags of `run` that are for this side, and not for the container. */
export const SESSION_FLAGS: readonly CreateFlag[] = [
  {
    name: "attach",
    short: "a",
    kind: "list",
    value: "list",
    help: "Attach to STDIN, STDOUT or STDERR",
    choices: ["stdin", "stdout", "stderr"],
  },
  {
    name: "cidfile",
    kind: "string",
    value: "string",
    help: "Write the container ID to the file",
    completes: "file",
    create: host("ContainerIDFile"),
  },
  {
    name: "create-json",
    kind: "string",
    value: "file",
    help: "Merge a JSON file (or - for stdin) into the request that creates the container",
    completes: "file",
  },
  {
    name: "detach",
    short: "d",
    kind: "boolean",
    help: "Run container in background and print container ID",
  },
  DETACH_KEYS,
  RECONNECT,
  ...RECORD,
  {
    name: "disable-content-trust",
    kind: "boolean",
    help: "Skip image verification (always so)",
    hidden: true,
  },
  {
    name: "name",
    kind: "string",
    value: "string",
    help: "Assign a name to the container",
  },
  {
    name: "platform",
    kind: "string",
    value: "string",
    help: "Set platform if server is multi-platform capable",
  },
  {
    name: "pull",
    kind: "string",
    value: "string",
    help: "Pull image before running (always, missing, never) (default missing)",
    choices: ["always", "missing", "never"],
  },
  {
    name: "quiet",
    short: "q",
    kind: "boolean",
    help: "Suppress the pull output",
  },
  SIG_PROXY,
];
