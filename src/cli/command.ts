/**
 * A command line, carried out: `dockerpty run|start|attach|exec|shell …`.
 *
 * @module
 */
import { DockerptyError, EngineError, InterruptedError } from "../errors.ts";
import { printable, printableLines } from "../printable.ts";
import { denoTerminal } from "../terminal/deno_terminal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type EndpointSource, resolveEndpoint, tellUnreadHost } from "../transport/context.ts";
import { type Arguments, FlagError, parseArguments, UnknownFlagError, UsageError } from "./args.ts";
import { endpointSource } from "./endpoint_flags.ts";
import { codeOfError } from "./exit_code.ts";
import { type DockerConfig, readDockerConfig, useConfig } from "./docker_config.ts";
import { type Flag, FLAGS_BEFORE, globalFlagsAmong, LOG_LEVELS } from "./flags.ts";
import type { Context, Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/** How long a signal to this process itself may take, in milliseconds. */
const DYING_TIME = 10_000;

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
  let source: EndpointSource = {};
  try {
    const global = await parse("dockerpty", FLAGS_BEFORE, args);
    debug = global.boolean("debug") || logsMore(global.string("log-level"));
    const config = global.string("config");
    useConfig(config);
    if (global.boolean("version")) return print(await version());
    const [name, ...rest] = global.operands;
    if (global.boolean("help") || name === undefined) return print(await help());
    verb = VERBS.get(name);
    if (verb === undefined) {
      const verbs = [...VERBS.values()].filter(({ hidden }) => !hidden);
      const hint = await meant(name, verbs.map((verb) => verb.name));
      throw new UsageError(`unknown command ${JSON.stringify(name)}${hint}; see dockerpty --help`);
    }
    const { flags, run } = await verb.load();
    const all = [...flags, ...globalFlagsAmong(flags)];
    const own = await parse(`dockerpty ${verb.name}`, all, rest);
    debug ||= own.boolean("debug");
    if (own.boolean("help")) return print(await help(verb, flags));
    requireOperands(verb, own);
    source = endpointSource(global, own);
    if (!verb.offline) client = { endpoint: await resolveEndpoint(source) };
    return await run(own, { ...context(client, terminal), source, config });
  } catch (error) {
    // What a signal ends is ended without a word, unless something was left behind.
    const silent = error instanceof InterruptedError && error.cause === undefined;
    if (!silent) {
      terminal.endLine?.();
      await report(error, debug, verb, client, source);
    }
    if (error instanceof InterruptedError) {
      terminal.dieOf(error.signal);
      // The signal comes a moment later, and nothing else is to end the process before that.
      await new Promise((resolve) => setTimeout(resolve, DYING_TIME));
    }
    return codeOfError(error, verb?.name ?? "");
  }
}

async function version(): Promise<string> {
  const { default: { version } } = await import("../../deno.json", { with: { type: "json" } });
  return `dockerpty version ${version}\n`;
}

async function help(verb?: Verb, flags: readonly Flag[] = []): Promise<string> {
  const { commandHelp, verbHelp } = await import("./help.ts");
  return verb === undefined ? commandHelp() : verbHelp(verb, flags);
}

async function parse(
  command: string,
  flags: readonly Flag[],
  args: readonly string[],
): Promise<Arguments> {
  try {
    return parseArguments(args, flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hint = error instanceof UnknownFlagError
      ? await meant(error.given, flags.map(({ name }) => name), "--")
      : "";
    throw new FlagError(`${error.message}${hint}; see ${command} --help`);
  }
}

/** A hint at the name that was probably meant by one that is none. */
async function meant(given: string, names: readonly string[], prefix = ""): Promise<string> {
  const { closest } = await import("../closest.ts");
  const name = closest(given, names);
  return name === undefined ? "" : ` (did you mean ${prefix}${name}?)`;
}

function requireOperands({ name, operands, count: [least, most] }: Verb, args: Arguments): void {
  const { length } = args.operands;
  if (length >= least && length <= most) return;
  const [bound, limit] = least === most
    ? ["", least]
    : length < least
    ? ["at least ", least]
    : ["at most ", most];
  throw new UsageError(
    `requires ${bound}${limit} argument${limit === 1 ? "" : "s"} (${operands}), and ${length} ${
      length === 1 ? "was" : "were"
    } given; see dockerpty ${name} ` +
      `--help`,
  );
}

/** Whether a level of docker's logging is one of those that say more. */
function logsMore(level: string | undefined): boolean {
  if (!level) return false;
  const rank = LOG_LEVELS.indexOf(level.toLowerCase());
  if (rank !== -1) return rank < LOG_LEVELS.indexOf("info");
  throw new UsageError(
    `unable to parse logging level: ${JSON.stringify(level)}: expected ${LOG_LEVELS.join(", ")}`,
  );
}

function context(client: Context["client"], terminal: Terminal): Context {
  const note = (text: string) => tell(`${printableLines(text)}\n`);
  let config: Promise<DockerConfig> | undefined;
  return {
    client,
    dockerConfig: () => config ??= readDockerConfig(note),
    terminal,
    print: (text) => write(Deno.stdout, `${printableLines(text)}\n`),
    note,
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
  source: EndpointSource,
): Promise<void> {
  const name = verb === undefined ? "dockerpty" : `dockerpty ${verb.name}`;
  if (error instanceof DockerptyError) {
    if (!source.host && !source.context) tellUnreadHost(error);
    // What a signal has ended is told at once: the process has not long to live.
    const message = error instanceof EngineError
      ? await explained(error, client, verb?.completes === "running container")
      : error.message;
    tell(`${name}: ${printable(message)}\n`);
  } else if (error instanceof Deno.errors.BrokenPipe) {
    // As docker's: a word from run, and none from the others.
    if (verb?.name === "run") tell(`${name}: broken pipe: nobody reads the output\n`);
  } else {
    tell(`${name}: unexpected error: ${printable(String(error))}\n`);
  }
  if (debug) tell(`${printableLines(Deno.inspect(error))}\n`);
}

async function explained(
  error: EngineError,
  client: Context["client"],
  running: boolean,
): Promise<string> {
  const { explain } = await import("./hints.ts");
  return await explain(error, client, { running });
}

/** Writes on stderr. Where that cannot be, what is told changes nothing of how the command ends. */
function tell(text: string): void {
  try {
    write(Deno.stderr, text);
  } catch {
    // It is closed or full, or the terminal has been hung up.
  }
}

function write(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}
