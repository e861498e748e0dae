/**
 * Flags as data: the parser, the help, the completions and the verbs all read these.
 *
 * @module
 */

import { ENDPOINT_FLAGS } from "./endpoint_flags.ts";

/** What the value of a flag or an operand is, where a shell can complete it. */
export type Completes =
  | "container"
  | "running container"
  | "image"
  | "network"
  | "volume"
  | "context"
  | "file"
  | "folder"
  | "verb";

/** A flag of a verb. */
export interface Flag {
  /** Its long name, without the dashes. */
  readonly name: string;
  /** Its short name, one letter. */
  readonly short?: string;
  /** Other long names that mean the same; the help does not show them. */
  readonly otherNames?: readonly string[];
  /** Whether it takes no value, one, or one each time it is given. */
  readonly kind: "boolean" | "string" | "list";
  /** What it does, for the help. */
  readonly help: string;
  /** What its value is, for the help. */
  readonly value?: string;
  /** The values that it takes, if they are few; a boolean one takes these beside true and false. */
  readonly choices?: readonly string[];
  /** What its value names, for the completions. */
  readonly completes?: Completes;
  /** Whether its value may be a secret, which no error repeats. */
  readonly secret?: boolean;
  /** Whether the help and the completions leave it out. */
  readonly hidden?: boolean;
}

/** A flag as its user knows it: `-m, --memory`. */
export function flagTitle({ name, short }: Flag): string {
  return short === undefined ? `--${name}` : `-${short}, --${name}`;
}

/** The flags that stand before a verb, or among its own. */
const GLOBAL_FLAGS: readonly Flag[] = [
  ...ENDPOINT_FLAGS,
  { name: "debug", short: "D", kind: "boolean", help: "Show the cause and the stack of an error" },
  { name: "help", short: "h", kind: "boolean", help: "Show this help" },
];

/** The levels of docker's logging, those that say more than the usual first. */
export const LOG_LEVELS: readonly string[] = [
  "trace",
  "debug",
  "info",
  "warn",
  "warning",
  "error",
  "fatal",
  "panic",
];

/** The flags before a verb. */
export const FLAGS_BEFORE: readonly Flag[] = [
  {
    name: "config",
    kind: "string",
    value: "folder",
    help: "The folder of docker's client configuration (overrides DOCKER_CONFIG)",
    completes: "folder",
  },
  ...GLOBAL_FLAGS,
  {
    name: "log-level",
    short: "l",
    kind: "string",
    value: "level",
    choices: LOG_LEVELS,
    help: 'The level of logging, as docker has it: "debug" is --debug, others change nothing',
  },
  { name: "version", short: "v", kind: "boolean", help: "Show the version" },
];

/**
 * The global flags among a verb's own. As with docker, their letters are the verb's there, all but
 * `-h` where the verb has no such flag.
 */
export function globalFlagsAmong(own: readonly Flag[]): Flag[] {
  const free = own.every(({ short }) => short !== "h");
  return GLOBAL_FLAGS.map((flag) =>
    flag.short === "h" && free ? flag : { ...flag, short: undefined }
  );
}
