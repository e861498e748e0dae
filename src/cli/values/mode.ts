/**
 * Values out of a fixed choice.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

/** Makes a reader of one of `choices`; the empty value is the engine's default. */
export function oneOf(...choices: string[]): (value: string) => string {
  return (value) => {
    if (value === "" || choices.includes(value)) return value;
    throw new ValueError(`expected ${list(choices)}`);
  };
}

/** Reads the stream that `--attach` names, in either case. */
export function parseStream(value: string): string {
  const stream = value.toLowerCase();
  if (["stdin", "stdout", "stderr"].includes(stream)) return stream;
  throw new ValueError("expected stdin, stdout or stderr");
}

/** Reads the namespace of the processes' ids: `host` or `container:NAME`. */
export function parsePidMode(value: string): string {
  if (/^(|host|container:.+)$/s.test(value)) return value;
  throw new ValueError("expected host or container:NAME");
}

function list(choices: readonly string[]): string {
  return choices.length === 1
    ? choices[0]
    : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
