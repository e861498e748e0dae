/**
 * The help, from the flags' table.
 *
 * @module
 */
import { type Flag, FLAGS_BEFORE, globalFlagsAmong } from "./flags.ts";
import type { Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";

const WIDTH = 100;

/** The help of the command. */
export function commandHelp(): string {
  const verbs = [...VERBS.values()].filter(({ hidden }) => !hidden);
  return [
    "Usage:  dockerpty [OPTIONS] COMMAND",
    "A container's terminal, in yours",
    section("Commands", verbs.map(({ name, summary }) => [name, summary])),
    section("Options", FLAGS_BEFORE.map(row)),
    "Run 'dockerpty COMMAND --help' for more information on a command.",
  ].join("\n\n") + "\n";
}

/** The help of a verb. */
export function verbHelp(
  { name, operands, summary, details }: Verb,
  flags: readonly Flag[],
): string {
  const shown = flags.filter(({ hidden }) => !hidden);
  return [
    `Usage:  dockerpty ${name} [OPTIONS] ${operands}`,
    summary,
    ...details === undefined ? [] : [wrap(details, WIDTH).join("\n")],
    ...shown.length > 0 ? [section("Options", shown.map(row))] : [],
    section("Global options", globalFlagsAmong(flags).map(row)),
  ].join("\n\n") + "\n";
}

function row({ name, short, value, help }: Flag): [string, string] {
  return [`${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`, help];
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const indent = Math.max(...rows.map(([left]) => left.length)) + 5;
  const lines = rows.map(([left, right]) =>
    `  ${left}`.padEnd(indent) + wrap(right, WIDTH - indent).join("\n" + " ".repeat(indent))
  );
  return [`${title}:`, ...lines].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last].length + 1 + word.length <= width) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
