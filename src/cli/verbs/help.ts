/**
 * `dockerpty help`
 *
 * @module
 */
import { type Arguments, UsageError } from "../args.ts";
import { commandHelp, verbHelp } from "../help.ts";
import { quote } from "../values/value_error.ts";
import type { Context, VerbParts } from "../verb.ts";
import { VERBS } from "../verbs.ts";

/** `dockerpty help` */
export const HELP: VerbParts = { flags: [], run: runHelp };

async function runHelp(args: Arguments, context: Context): Promise<number> {
  const [name, ...more] = args.operands;
  const verb = VERBS.get(name);
  if (name !== undefined && (verb === undefined || more.length > 0)) {
    const topic = more.at(-1) ?? name;
    throw new UsageError(`unknown help topic ${quote(topic)}; see dockerpty --help`);
  }
  const help = verb === undefined ? commandHelp() : verbHelp(verb, (await verb.load()).flags);
  context.print(help.trimEnd());
  return 0;
}
