/**
 * The command: `dockerpty run|start|attach|exec|shell …`.
 *
 * @module
 */
import deno from "../../deno.json" with { type: "json" };
import { DockerptyError } from "../errors.ts";
import { printable, printableLines } from "../printable.ts";
import { denoTerminal } from "../terminal/deno_terminal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { resolveEndpoint } from "../transport/context.ts";
import { type Arguments, FlagError, parseArguments, UsageError } from "./args.ts";
import { endpointSource } from "./endpoint_flags.ts";
import { codeOfError } from "./exit_code.ts";
import { type Flag, GLOBAL_FLAGS, VERSION_FLAG } from "./flags.ts";
import { explain } from "./hints.ts";
import type { Context, Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/**
 * Carries out a command line.
 *
 * @param args the arguments behind the command's name
 * @param terminal the terminal to use
 * @returns the code to end with
 */
export async function main(
  args: readonly string[],
  terminal: Terminal = denoTerminal({ ownsProcess: true }),
): Promise<number> {
  let debug = false;
  let verb: Verb | undefined;
  let client: Context["client"] = {};
  try {
    const global = parse("dockerpty", [VERSION_FLAG], args);
    debug = global.boolean("debug");
    if (global.boolean("version")) return print(`dockerpty version ${deno.version}\n`);
    const [name, ...rest] = global.operands;
    if (global.boolean("help") || name === undefined) return print(await help());
    verb = VERBS.get(name);
    if (verb === undefined) {
      throw new UsageError(`unknown command ${JSON.stringify(name)}; see dockerpty --help`);
    }
    const { flags, run } = await verb.load();
    const own = parse(`dockerpty ${verb.name}`, flags, rest);
    debug ||= own.boolean("debug");
    if (own.boolean("help")) return print(await help(verb, flags));
    requireOperands(verb, own);
    const source = endpointSource(global, own);
    if (!verb.offline) client = { endpoint: await resolveEndpoint(source) };
    return await run(own, { ...context(client, terminal), source });
  } catch (error) {
    await report(error, debug, verb, client);
    return codeOfError(error, verb?.name ?? "");
  }
}

async function help(verb?: Verb, flags: readonly Flag[] = []): Promise<string> {
  const { commandHelp, verbHelp } = await import("./help.ts");
  return verb === undefined ? commandHelp() : verbHelp(verb, flags);
}

function parse(command: string, flags: readonly Flag[], args: readonly string[]): Arguments {
  const own = new Set(flags.flatMap(({ short }) => short ?? []));
  // A verb's own short flag goes before a global one.
  const global = GLOBAL_FLAGS.filter(({ short }) => short === undefined || !own.has(short));
  try {
    return parseArguments(args, [...flags, ...global]);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new FlagError(`${error.message}; see ${command} --help`);
  }
}

function requireOperands({ name, operands, count: [least, most] }: Verb, args: Arguments): void {
  const { length } = args.operands;
  if (length >= least && length <= most) return;
  throw new UsageError(
    `${name} requires ${least === most ? "" : "at least "}${least} argument${
      least === 1 ? "" : "s"
    } (${operands}), and ${length} ${length === 1 ? "was" : "were"} given; see dockerpty ${name} ` +
      `--help`,
  );
}

function context(client: Context["client"], terminal: Terminal): Context {
  return {
    client,
    terminal,
    print: (text) => write(Deno.stdout, `${printableLines(text)}\n`),
    note: (text) => write(Deno.stderr, `${printableLines(text)}\n`),
  };
}

function print(text: string): 0 {
  write(Deno.stdout, text);
  return 0;
}

async function report(
  error: unknown,
  debug: boolean,
  verb: Verb | undefined,
  client: Context["client"],
): Promise<void> {
  const name = verb === undefined ? "dockerpty" : `dockerpty ${verb.name}`;
  if (error instanceof DockerptyError) {
    write(Deno.stderr, `${name}: ${printable(await explain(error, client))}\n`);
  } else if (error instanceof Deno.errors.BrokenPipe) {
    // As docker's: a word from run, and none from the others.
    if (verb?.name === "run") write(Deno.stderr, `${name}: broken pipe: nobody reads the output\n`);
  } else {
    write(Deno.stderr, `${name}: unexpected error: ${printable(String(error))}\n`);
  }
  if (debug) write(Deno.stderr, `${printableLines(Deno.inspect(error))}\n`);
}

function write(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
