/**
 * `dockerpty start`
 *
 * @module
 */
import { start } from "../../commands.ts";
import { startContainer } from "../../engine/containers.ts";
import { printable } from "../../printable.ts";
import { type Arguments, UsageError } from "../args.ts";
import { explain } from "../hints.ts";
import { DETACH_KEYS, RECONNECT, RECORD } from "../shared_flags.ts";
import type { Context, VerbParts } from "../verb.ts";
import { ended, requireContainer, sessionOptions, withEngine } from "./common.ts";

/** `dockerpty start` */
export const START: VerbParts = {
  flags: [
    {
      name: "attach",
      short: "a",
      kind: "boolean",
      help: "Attach STDOUT/STDERR and forward signals",
    },
    DETACH_KEYS,
    { name: "interactive", short: "i", kind: "boolean", help: "Attach container's STDIN" },
    ...RECORD,
    RECONNECT,
  ],
  run: runStart,
};

async function runStart(args: Arguments, context: Context): Promise<number> {
  const operands = args.operands.map(requireContainer);
  const interactive = args.boolean("interactive");
  if (!args.boolean("attach") && !interactive) return await startDetached(operands, context);
  if (operands.length > 1) {
    throw new UsageError("you cannot start and attach multiple containers at once");
  }
  const status = await start(operands[0], await sessionOptions(args, context));
  return ended(status, operands[0], context);
}

async function startDetached(names: readonly string[], context: Context): Promise<number> {
  return await withEngine(context, async (engine) => {
    let code = 0;
    for (const name of names) {
      try {
        await startContainer(engine, name);
        context.print(name);
      } catch (error) {
        if (names.length === 1) throw error;
        context.note(`dockerpty start: ${printable(await explain(error, context.client))}`);
        code = 1;
      }
    }
    return code;
  });
}
