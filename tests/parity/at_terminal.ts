/**
 * Scenarios at a real terminal: a shell into which the client's line is typed. When it is over, the
 * terminal's modes and its descriptor's flags are looked at, and whether the next key typed reaches
 * the shell.
 */
import { assert } from "@std/assert";
import type { Container } from "../harness/engine.ts";
import { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import type { Outcome } from "./scenario.ts";
import type { Side } from "./side.ts";
import { type Kind, ready, type Way } from "./ways.ts";

/** How the terminal is opened. */
export interface AtTerminal {
  rows?: number;
  cols?: number;
  env?: Record<string, string>;
}

/** What is to be found of the terminal with both clients, after all that they can do to it. */
export const intact: Outcome = { modes: "as before", flags: "as before", next: "next reader\r\n" };

/** Drives a client at a terminal; what `drive` observes is returned beside the terminal's state. */
export async function atTerminal(
  side: Side,
  drive: (shell: Shell) => Promise<Outcome>,
  { rows = 20, cols = 70, env }: AtTerminal = {},
): Promise<Outcome> {
  const settings = { ...side.settings, ...env, TERM: "xterm" };
  const shell = side.use(await Shell.open({ rows, cols, answers: false, env: settings }));
  const modes = await shell.modes();
  const flags = shell.flags();
  const outcome = await drive(shell);
  const after = await shell.modes();
  const next = await shell.runToEnd("echo next reader");
  const changed = shell.flagsAtPrompts.filter((left) => left !== flags);
  return {
    ...outcome,
    modes: after === modes ? "as before" : after,
    flags: changed.length === 0 ? "as before" : changed.join(),
    next: next.output,
  };
}

/** A line for the shell that runs the client with `args`. */
export function line(args: string[]): string {
  const quoted = args.map((arg) =>
    /^[\w/.=:,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`
  );
  return ["dockerpty", ...quoted].join(" ");
}

/** Waits until the terminal is the session's: its modes are raw, or the client has failed. */
export async function raw(shell: Shell): Promise<void> {
  await until(async () => {
    assert(!/here\[/.test(shell.sinceRun), `the session ended at once: ${shell.sinceRun}`);
    const settings = await shell.settings();
    // One after the other: Deno's own raw mode leaves the output's processing on.
    return settings.has("-icanon") && settings.has("-opost");
  }, { what: () => `the terminal to be raw; the screen:\n${shell.screen()}`, interval: 25 });
}

/** What the client and its process have written since the client's line was typed. */
export function written(shell: Shell): string {
  const { sinceRun } = shell;
  return sinceRun.slice(sinceRun.indexOf("\n") + 1);
}

/** Types the client's line, and waits until the session has the terminal. */
export async function joinRaw(shell: Shell, args: string[]): Promise<void> {
  shell.run(line(args));
  await raw(shell);
}

/** The same for a process of `way`, whose script says `ready` when it can be typed to. */
export async function join(
  shell: Shell,
  side: Side,
  way: Way,
  script: string,
  kind: Kind = {},
): Promise<Container> {
  const { box, args } = await way.prepare(side, script, { tty: true, stdin: true, ...kind });
  if (way.joins) await ready(box);
  await joinRaw(shell, args);
  if (!way.joins) await shell.waitFor(() => /ready\r?\n/.test(written(shell)));
  return box;
}

/** What the client and its process wrote to the end, but for the process's `ready`. */
export function output(shell: Shell): string {
  return shell.output.replace(/^[^]*?ready\r?\n/, "");
}

/** A script that takes the container's terminal as it is typed to, byte for byte. */
export const bytewise = (rest: string) => `stty raw -echo; echo ready; ${rest}`;

/** Shows the bytes that were typed. */
export const dump = (count: number) => bytewise(`head -c ${count} | od -An -v -tx1`);
