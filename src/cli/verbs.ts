/**
 * The verbs: what the help says of them, and where the rest of each is loaded from when it is meant.
 *
 * @module
 */
import type { Verb } from "./verb.ts";

const MANY = Infinity;

const ALL: readonly Verb[] = [
  {
    name: "run",
    operands: "IMAGE [COMMAND] [ARG...]",
    count: [1, MANY],
    summary: "Create and run a new container from an image",
    completes: "image",
    load: async () => (await import("./verbs/run.ts")).RUN,
  },
  {
    name: "start",
    operands: "CONTAINER [CONTAINER...]",
    count: [1, MANY],
    summary: "Start one or more stopped containers",
    completes: "container",
    completesAll: true,
    load: async () => (await import("./verbs/start.ts")).START,
  },
  {
    name: "attach",
    operands: "CONTAINER",
    count: [1, 1],
    summary: "Attach local standard input, output, and error streams to a running container",
    completes: "running container",
    load: async () => (await import("./verbs/attach.ts")).ATTACH,
  },
  {
    name: "exec",
    operands: "CONTAINER COMMAND [ARG...]",
    count: [2, MANY],
    summary: "Execute a command in a running container",
    completes: "running container",
    load: async () => (await import("./verbs/exec.ts")).EXEC,
  },
  {
    name: "shell",
    operands: "CONTAINER",
    count: [1, 1],
    summary: "Open the best shell there is in a running container",
    completes: "running container",
    load: async () => (await import("./verbs/shell.ts")).SHELL,
  },
  {
    name: "permissions",
    operands: "[COMMAND]",
    count: [0, 1],
    summary: "Print the least permissions that Deno needs to grant, to paste after deno run",
    details:
      "The one line on stdout holds flags of deno run: those that reach the engine which the flags " +
      "here, the environment and docker's contexts lead to, and those that find it in the same way " +
      "again. They do for every command; naming one checks that it is one. What would do with less " +
      "is told on stderr. For example: deno run $(dockerpty permissions) " +
      "jsr:@dockerpty/dockerpty/cli attach web",
    completes: "verb",
    offline: true,
    load: async () => (await import("./verbs/permissions.ts")).PERMISSIONS,
  },
  {
    name: "completion",
    operands: "bash|zsh|fish",
    count: [1, 1],
    summary: "Print a shell's completion script",
    offline: true,
    load: async () => (await import("./verbs/completion.ts")).COMPLETION,
  },
  {
    name: "help",
    operands: "[COMMAND]",
    count: [0, MANY],
    summary: "Show the help of dockerpty, or of one of its commands",
    completes: "verb",
    offline: true,
    load: async () => (await import("./verbs/help.ts")).HELP,
  },
  {
    name: "__complete",
    operands: "KIND [WORD...]",
    count: [1, Infinity],
    summary: "List names for a completion script",
    hidden: true,
    offline: true,
    load: async () => (await import("./verbs/complete.ts")).COMPLETE,
  },
];

/** The verbs by their names. */
export const VERBS: ReadonlyMap<string, Verb> = new Map(ALL.map((verb) => [verb.name, verb]));
