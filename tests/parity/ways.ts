/** The ways into a container: what each verb needs to be there, and how it is called. */
import type { Container } from "../harness/engine.ts";
import { networkFlags } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import type { Side } from "./side.ts";

/** What is attached, and what else the client is told. */
export interface Kind {
  tty?: boolean;
  stdin?: boolean;
  flags?: string[];
  logDriver?: string;
  env?: string[];
  /** Whether an exec's container is the scenario's own, because something is done to it. */
  own?: boolean;
}

/** A command line, and the container that it is about. */
export interface Prepared {
  box: Container;
  args: string[];
}

/** A way into a container. */
export interface Way {
  /** As in the names of the scenarios. */
  verb: "run" | "start" | "attach" | "exec";
  /** Whether the process has begun, and may have written, before the client comes. */
  joins: boolean;
  /** Prepares for a process that is the shell's `script`. */
  prepare(side: Side, script: string, kind?: Kind): Promise<Prepared>;
}

const letters = ({ tty = false, stdin = false }: Kind) =>
  tty || stdin ? [`-${stdin ? "i" : ""}${tty ? "t" : ""}`] : [];
const sh = (script: string) => ["sh", "-c", script];

function made(side: Side, script: string, kind: Kind, start: boolean): Promise<Container> {
  const { tty = false, stdin = false, logDriver, env } = kind;
  const cmd = sh(script);
  return side.container({ cmd, tty, openStdin: stdin, stdinOnce: stdin, logDriver, env, start });
}

export const run: Way = {
  verb: "run",
  joins: false,
  prepare(side, script, kind = {}) {
    const box = side.toCome();
    const { logDriver, env = [], flags = [] } = kind;
    const logs = logDriver === undefined ? [] : ["--log-driver", logDriver];
    const set = env.flatMap((entry) => ["-e", entry]);
    const given = [...letters(kind), ...networkFlags, "--name", box.name, ...logs, ...set];
    return Promise.resolve({ box, args: ["run", ...given, ...flags, "busybox", ...sh(script)] });
  },
};

export const start: Way = {
  verb: "start",
  joins: false,
  async prepare(side, script, kind = {}) {
    const box = await made(side, script, kind, false);
    return { box, args: ["start", kind.stdin ? "-ai" : "-a", ...kind.flags ?? [], box.name] };
  },
};

export const attach: Way = {
  verb: "attach",
  joins: true,
  async prepare(side, script, kind = {}) {
    const box = await made(side, script, kind, true);
    return { box, args: ["attach", ...kind.flags ?? [], box.name] };
  },
};

export const exec: Way = {
  verb: "exec",
  joins: false,
  async prepare(side, script, kind = {}) {
    const box = await (kind.own ? side.idle() : side.shared());
    const set = (kind.env ?? []).flatMap((entry) => ["-e", entry]);
    const given = [...letters(kind), ...set, ...kind.flags ?? []];
    return { box, args: ["exec", ...given, box.name, ...sh(script)] };
  },
};

/** All of them. */
export const ways: Way[] = [run, start, attach, exec];

/** Waits until a running container's script has written `ready`, before any client has come. */
export async function ready(box: Container): Promise<void> {
  const seen = async () => {
    const { stdout } = await box.logs();
    return stdout.includes("ready");
  };
  await until(seen, { what: `${box.name} to be ready`, interval: 30 });
}

/**
 * A script that writes a line again and again until the file /tmp/go is there, and then does the
 * rest: who gets a line has come. Not for ever, if all else fails.
 */
export function ticking(rest: string): string {
  return `for i in $(seq 400); do [ -e /tmp/go ] && break; echo tick; sleep 0.02; done; ${rest}`;
}
