/**
 * `dockerpty __complete`: the names that completion scripts ask for.
 *
 * @module
 */
import type { Engine } from "../../engine/engine.ts";
import { containerNames, imageNames, networkNames, volumeNames } from "../../engine/names.ts";
import { type EndpointSource, resolveEndpoint } from "../../transport/context.ts";
import { contextNames } from "../../transport/docker_context.ts";
import { LOCAL, namesIn } from "../../transport/local_files.ts";
import { type Arguments, parseArguments, UsageError } from "../args.ts";
import { useConfig } from "../docker_config.ts";
import { endpointSource } from "../endpoint_flags.ts";
import { type Flag, FLAGS_BEFORE, globalFlagsAmong } from "../flags.ts";
import { COURTESY_TIME } from "../hints.ts";
import type { Context, VerbParts } from "../verb.ts";
import { VERBS } from "../verbs.ts";
import { withEngine } from "./common.ts";

/** The kinds of names that an engine knows; a kind's name in the script is one word. */
const KINDS: Readonly<Record<string, (engine: Engine) => Promise<string[]>>> = {
  containers: (engine) => containerNames(engine),
  running: (engine) => containerNames(engine, { running: true }),
  images: imageNames,
  networks: networkNames,
  volumes: volumeNames,
};

/** `dockerpty __complete` */
export const COMPLETE: VerbParts = { flags: [], run: runComplete };

async function runComplete({ operands }: Arguments, context: Context): Promise<number> {
  const [kind, ...words] = operands;
  if (kind !== "contexts" && !Object.hasOwn(KINDS, kind)) return 1;
  try {
    const source = words.length > 0 ? await sourceOf(words) : context.source;
    const names = kind === "contexts"
      ? await contextNames(LOCAL, namesIn)
      : await engineNames(kind, source);
    for (const name of names) context.print(name);
    return 0;
  } catch {
    // Whoever presses the tabulator must not be told of errors in the middle of a line.
    return 1;
  }
}

/** Which engine the words say that stand before the one that is completed. */
async function sourceOf(words: readonly string[]): Promise<EndpointSource> {
  const before = readTyped(words.map(unquoted), FLAGS_BEFORE);
  useConfig(before.string("config"));
  const [name, ...rest] = before.operands;
  const flags = await VERBS.get(name)?.load().then(({ flags }) => flags) ?? [];
  return endpointSource(before, readTyped(rest, [...flags, ...globalFlagsAmong(flags)]));
}

/** Reads a line that is not whole, as far as it can be read: the value of the last flag may be missing. */
function readTyped(words: readonly string[], flags: readonly Flag[]): Arguments {
  try {
    return parseArguments(words, flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return readTyped(words.slice(0, -1), flags);
  }
}

/** A word as the shell will pass it on; bash gives it as it is typed. */
function unquoted(word: string): string {
  return /^(["'])(.*)\1$/s.exec(word)?.[2] ?? word;
}

async function engineNames(kind: string, source?: EndpointSource): Promise<string[]> {
  const client = { endpoint: await resolveEndpoint(source), timeout: COURTESY_TIME };
  return await withEngine({ client }, KINDS[kind]);
}
