/**
 * The flags that several verbs have.
 *
 * @module
 */
import type { Flag } from "./flags.ts";

/** `--detach-keys` */
export const DETACH_KEYS: Flag = {
  name: "detach-keys",
  kind: "string",
  value: "keys",
  help: 'Override the key sequence for detaching a container; "none" switches it off',
};

/** `--env` */
export const ENV: Flag = {
  name: "env",
  short: "e",
  kind: "list",
  value: "list",
  help: "Set environment variables; a bare name passes yours on",
  secret: true,
};

/** `--env-file` */
export const ENV_FILE: Flag = {
  name: "env-file",
  kind: "list",
  value: "list",
  help: "Read in a file of environment variables",
  completes: "file",
};

/** `--interactive` */
export const INTERACTIVE: Flag = {
  name: "interactive",
  short: "i",
  kind: "boolean",
  help: "Keep STDIN open even if not attached",
};

/** `--sig-proxy` */
export const SIG_PROXY: Flag = {
  name: "sig-proxy",
  kind: "boolean",
  help: "Proxy received signals to the process (default true; to a tty, where it is typed at)",
};

/** `--tty` */
export const TTY: Flag = {
  name: "tty",
  short: "t",
  kind: "boolean",
  choices: ["auto"],
  help: "Allocate a pseudo-TTY; --tty=auto does where stdin and stdout are terminals",
};

/** `--user` */
export const USER: Flag = {
  name: "user",
  short: "u",
  kind: "string",
  value: "string",
  help: 'Username or UID (format: "<name|uid>[:<group|gid>]")',
};

/** `--workdir` */
export const WORKDIR: Flag = {
  name: "workdir",
  short: "w",
  kind: "string",
  value: "string",
  help: "Working directory inside the container",
};

/** `--record` and what belongs to it. */
export const RECORD: readonly Flag[] = [
  {
    name: "record",
    kind: "string",
    value: "file",
    help: "Record the session to a file that asciinema plays",
    completes: "file",
  },
  { name: "record-input", kind: "boolean", help: "Record what is typed, too, passwords included" },
  { name: "force", kind: "boolean", help: "Replace a recording that is there" },
];

/** `--reconnect` */
export const RECONNECT: Flag = {
  name: "reconnect",
  kind: "boolean",
  help: "Attach again when the connection to the engine is lost",
};
