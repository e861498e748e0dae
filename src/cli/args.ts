/**
 * Reads a command line as docker's does (pflag's syntax): joined short flags, values joined or in
 * the next argument, `--flag=value`, and no flag behind the first operand.
 *
 * @module
 */
import { DockerptyError } from "../errors.ts";
import { type Flag, flagTitle } from "./flags.ts";

/** A command line that cannot be understood. */
export class UsageError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "UsageError";
}

/** A flag that cannot be understood, or its value; the code for these is docker's 125. */
export class FlagError extends UsageError {
  /** The error's class, for logs. */
  override name = "FlagError";
}

/** A long flag that there is none of. */
export class UnknownFlagError extends UsageError {
  /** The error's class, for logs. */
  override name = "UnknownFlagError";
  /** Its name. */
  readonly given: string;

  /** Says which flag it is. */
  constructor(given: string) {
    super(`unknown flag: --${given}`);
    this.given = given;
  }
}

/** What was given with a flag: on, off or a choice; a value; or several. */
type Value = boolean | string | readonly string[];

/** A command line, taken apart. */
export class Arguments {
  #values: ReadonlyMap<string, Value>;
  /** What stands behind the flags. */
  readonly operands: readonly string[];

  /** Takes what {@linkcode parseArguments} has found. */
  constructor(values: ReadonlyMap<string, Value>, operands: readonly string[]) {
    this.#values = values;
    this.operands = operands;
  }

  /** Whether a flag was given at all. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether a flag that takes no value was given as on or off; undefined if it was not given. */
  given(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return typeof value === "boolean" ? value : undefined;
  }

  /** Whether a flag was given that takes no value; `byDefault` if it was not given. */
  boolean(name: string, byDefault = false): boolean {
    return this.given(name) ?? byDefault;
  }

  /** The last value of a flag; undefined if it was not given. */
  string(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** All values of a flag. */
  list(name: string): readonly string[] {
    return (this.#values.get(name) as readonly string[] | undefined) ?? [];
  }
}

/**
 * Reads flags up to the first operand, or `--`.
 *
 * @throws {UsageError} if a flag is unknown, or lacks its value, or has one that cannot be
 */
export function parseArguments(args: readonly string[], flags: readonly Flag[]): Arguments {
  const values = new Map<string, Value>();
  const operands = readFlags(args, flags, (flag, value) => {
    if (flag.kind === "boolean") values.set(flag.name, parseSwitch(flag, value));
    else if (flag.kind === "string") values.set(flag.name, value);
    else values.set(flag.name, [...values.get(flag.name) as string[] | undefined ?? [], value]);
  });
  return new Arguments(values, operands);
}

/** Says of a flag's value what is wrong with it. */
export function invalidValue(flag: Flag, value: string, problem: string): FlagError {
  const shown = JSON.stringify(flag.secret ? value.replace(/=.+/s, "=…") : value);
  return new FlagError(`invalid argument ${shown} for "${flagTitle(flag)}" flag: ${problem}`);
}

/** Reads the flags, calls `found` with each and its value, and gives back what is behind them. */
function readFlags(
  args: readonly string[],
  flags: readonly Flag[],
  found: (flag: Flag, value: string) => void,
): readonly string[] {
  let index = 0;
  const next = (flag: Flag, joined: string | undefined, shown: string): void => {
    const value = joined ?? (flag.kind === "boolean" ? "true" : args[index++]);
    if (value === undefined) throw new UsageError(`flag needs an argument: ${shown}`);
    found(flag, value);
  };
  while (index < args.length) {
    const arg = args[index];
    if (arg === "--") return args.slice(index + 1);
    if (!arg.startsWith("-") || arg === "-") break;
    index++;
    if (arg.startsWith("--")) {
      const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg)!;
      const flag = flags.find((flag) => flag.name === name || flag.otherNames?.includes(name));
      if (flag === undefined) throw new UnknownFlagError(name);
      next(flag, value, `--${name}`);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const flag = flags.find(({ short }) => short === arg[at]);
      if (flag === undefined) {
        throw new UsageError(`unknown shorthand flag: '${arg[at]}' in ${arg}`);
      }
      const rest = arg.slice(at + 1);
      const hasValue = rest.startsWith("=") || rest !== "" && flag.kind !== "boolean";
      next(flag, hasValue ? rest.replace(/^=/, "") : undefined, `'${arg[at]}' in ${arg}`);
      if (hasValue || flag.kind !== "boolean") break;
    }
  }
  return args.slice(index);
}

function parseSwitch(flag: Flag, value: string): boolean | string {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  if (flag.choices?.includes(value)) return value;
  throw invalidValue(flag, value, ["expected true", ...flag.choices ?? [], "false"].join(" or "));
}
