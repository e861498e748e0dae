// The command line: options first, then the container or the image, then the command as it is.
import { isOrigin } from "./origins.ts";

export interface Options {
  run: boolean;
  port: number;
  origins: string[];
  /** In milliseconds. */
  grace: number;
  target: string;
  command: string[];
}

/** Undefined where they are not well formed. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const options = { run: false, port: 0, origins: [] as string[], grace: 60_000 };
  const rest = [...args];
  while (rest[0]?.startsWith("-")) {
    const [name, value] = take(rest);
    if (name === "--run" && value === undefined) options.run = true;
    else if (name === "--port") options.port = Number(value ?? rest.shift());
    else if (name === "--grace") options.grace = Number(value ?? rest.shift()) * 1000;
    else if (name === "--origin") options.origins.push(value ?? rest.shift() ?? "");
    else return undefined;
  }
  const [target, ...command] = rest;
  const { port, origins, grace } = options;
  const well = Number.isInteger(port) && 0 <= port && port <= 65535 &&
    0 <= grace && grace < 2 ** 31 && origins.every((origin) => isOrigin(origin));
  return well && target !== undefined ? { ...options, target, command } : undefined;
}

/** `--name=value` or `--name`. */
function take(args: string[]): [name: string, value?: string] {
  const [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(args.shift()!)!;
  return [name, value];
}
