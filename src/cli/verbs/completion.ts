/**
 * `dockerpty completion`
 *
 * @module
 */
import { type Arguments, UsageError } from "../args.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { loadTable } from "../completion/table.ts";
import { zshScript } from "../completion/zsh.ts";
import { quote } from "../values/value_error.ts";
import type { Context, VerbParts } from "../verb.ts";
import { VERBS } from "../verbs.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `dockerpty completion` */
export const COMPLETION: VerbParts = { flags: [], run: runCompletion };

async function runCompletion(args: Arguments, context: Context): Promise<number> {
  const [shell] = args.operands;
  if (!Object.hasOwn(SCRIPTS, shell)) {
    throw new UsageError(`no completions for ${quote(shell)}: expected bash, zsh or fish`);
  }
  const table = await loadTable([...VERBS.values()]);
  context.print(SCRIPTS[shell as keyof typeof SCRIPTS](table).trimEnd());
  return 0;
}
