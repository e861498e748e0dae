/** The ways into a container: each verb, with what it needs to be there. */
import { type Container, container, containerToCome } from "../harness/engine.ts";

/** What is attached: a terminal or plain streams, with or without input. */
export interface Kind {
  tty: boolean;
  stdin: boolean;
}

/** A line to be typed, and the container that it is about. */
export class Prepared implements AsyncDisposable {
  constructor(readonly container: Container, readonly line: string) {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.container[Symbol.asyncDispose]();
  }
}

/** A way into a container. */
export interface Way {
  /** As in the names of the tests. */
  verb: string;
  /** Whether it joins a process that has been running, and so may have prompted, before. */
  joins: boolean;
  /** Whether the process is an exec's, whose end is not the container's. */
  execs: boolean;
  prepare(cmd: string[], options?: { logDriver?: string }): Promise<Prepared>;
}

/** The four ways to attach what `kind` says. */
export function ways({ tty, stdin }: Kind): Way[] {
  const flags = tty || stdin ? `-${stdin ? "i" : ""}${tty ? "t" : ""} ` : "";
  const made = (cmd: string[], logDriver: string | undefined, start: boolean) =>
    container({ tty, openStdin: stdin, stdinOnce: stdin, cmd, logDriver, start });
  return [
    {
      verb: "start -ai",
      joins: false,
      execs: false,
      async prepare(cmd, { logDriver } = {}) {
        const target = await made(cmd, logDriver, false);
        return new Prepared(target, `dockerpty start -ai ${target.name}`);
      },
    },
    {
      verb: "attach",
      joins: true,
      execs: false,
      async prepare(cmd, { logDriver } = {}) {
        const target = await made(cmd, logDriver, true);
        return new Prepared(target, `dockerpty attach ${target.name}`);
      },
    },
    {
      verb: `exec ${flags}`.trim(),
      joins: false,
      execs: true,
      async prepare(cmd, { logDriver } = {}) {
        const target = await container({ cmd: ["cat"], openStdin: true, logDriver });
        return new Prepared(target, `dockerpty exec ${flags}${target.name} ${quoted(cmd)}`);
      },
    },
    {
      verb: `run ${flags}`.trim(),
      joins: false,
      execs: false,
      prepare(cmd, { logDriver } = {}) {
        const target = containerToCome();
        const logs = logDriver ? `--log-driver ${logDriver} ` : "";
        const options = `${flags}--network none ${logs}--name ${target.name}`;
        const line = `dockerpty run ${options} busybox ${quoted(cmd)}`;
        return Promise.resolve(new Prepared(target, line));
      },
    },
  ];
}

function quoted(cmd: string[]): string {
  return cmd.map((word) => /^[\w/.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
}
