/**
 * What the verbs have in common.
 *
 * @module
 */
import type { CommandOptions } from "../../show.ts";
import type { Engine } from "../../engine/engine.ts";
import { InvalidOptionError } from "../../errors.ts";
import { connect } from "../../session/connect.ts";
import type { ExitStatus } from "../../session/session.ts";
import { parseDetachKeys } from "../../stream/detach_keys.ts";
import { type Arguments, FlagError, UsageError } from "../args.ts";
import { codeOfStatus } from "../exit_code.ts";
import { checkContainer } from "../values/names.ts";
import { quote } from "../values/value_error.ts";
import type { Context } from "../verb.ts";

/** The options of every session at the terminal. */
export async function sessionOptions(
  args: Arguments,
  { client, terminal, dockerConfig }: Context,
): Promise<CommandOptions> {
  requireRecord(args);
  return {
    ...client,
    terminal,
    interactive: args.boolean("interactive"),
    detachKeys: await detachKeys(args.string("detach-keys"), dockerConfig),
    signalProxy: args.given("sig-proxy"),
    reconnect: args.boolean("reconnect"),
    record: args.string("record"),
    recordInput: args.boolean("record-input"),
    recordForce: args.boolean("force"),
  };
}

/** Refuses what says how to record where nothing is recorded: it would pass for a recording. */
export function requireRecord(args: Arguments): void {
  if (args.string("record")) {
    if (!args.boolean("detach")) return;
    throw new FlagError("--record needs a session to record, and --detach leaves it at once");
  }
  for (const name of ["record", "record-input", "force"]) {
    if (args.boolean(name) || args.has(name) && name === "record") {
      throw new FlagError(`--${name} needs a file to record to: expected --record FILE`);
    }
  }
}

/** The keys of the flag, else those of docker's configuration. */
async function detachKeys(
  given: string | undefined,
  dockerConfig: Context["dockerConfig"],
): Promise<string | undefined> {
  const keys = given || (await dockerConfig()).detachKeys;
  if (!keys) return undefined;
  try {
    parseDetachKeys(keys);
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    const from = given ? "--detach-keys" : "detachKeys in docker's config.json";
    throw new InvalidOptionError(`${from}: ${error.message}`, { cause: error });
  }
  return keys;
}

/** Whether the process gets a terminal; `--tty=auto` gives it one where there is one. */
export function wantsTty(args: Arguments, { terminal }: Context, byDefault = "false"): boolean {
  const auto = terminal.isTerminal("stdin") && terminal.isTerminal("stdout");
  if (!args.has("tty")) return byDefault === "auto" && auto;
  return args.string("tty") === "auto" ? auto : args.boolean("tty");
}

/** Refuses what is no container's name before it is sent, or printed. */
export function requireContainer(name: string): string {
  try {
    return checkContainer(name);
  } catch (error) {
    throw new UsageError(`invalid container name ${quote(name)}: ${(error as Error).message}`);
  }
}

/** The code for a session that ended; says how to come back to one that was left. */
export function ended(
  status: ExitStatus,
  container: string | undefined,
  context: Context,
): number {
  const how = container && `re-attach with: dockerpty ${engineFlags(context)}attach ${container}`;
  noteDetached(status, how, context);
  return codeOfStatus(status);
}

/** The flags that lead to the same engine again; a word that a shell would take apart is quoted. */
function engineFlags({ source = {}, config }: Context): string {
  const { host, context, tls, tlsVerify, tlsFiles = {} } = source;
  const given: [flag: string, value: string | undefined][] = [
    ["--config", config],
    ["-H", host],
    ["-c", context],
    ["--tlscacert", tlsFiles.ca],
    ["--tlscert", tlsFiles.cert],
    ["--tlskey", tlsFiles.key],
  ];
  const words = given.flatMap(([flag, value]) => value ? [flag, value] : []);
  if (tls) words.push("--tls");
  if (tlsVerify !== undefined) words.push(tlsVerify ? "--tlsverify" : "--tlsverify=false");
  return words.map((word) => `${shellWord(word)} `).join("");
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Says that a session was left, and what of it. */
export function noteDetached(
  status: ExitStatus,
  what: string | undefined,
  context: Context,
): void {
  if (status.reason !== "detached" || !context.terminal.isTerminal("stderr")) return;
  // The cursor stands wherever the container's program left it.
  context.note(["\ndockerpty: detached", what].filter(Boolean).join("; "));
}

/** Lends an engine out, and closes its connections. */
export async function withEngine<T>(
  { client }: Pick<Context, "client">,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await connect(client);
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}
