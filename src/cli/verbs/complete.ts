/**
 * `dockerpty __complete`: the names that completion scripts ask for.
 *
 * @module
 */
import { containerNames, imageNames, networkNames, volumeNames } from "../../engine/names.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Arguments } from "../args.ts";
import { COURTESY_TIME } from "../hints.ts";
import type { Context, VerbParts } from "../verb.ts";
import { withEngine } from "./common.ts";

/** The kinds of names; a kind's name in the script is one word. */
const KINDS: Readonly<Record<string, (engine: Engine) => Promise<string[]>>> = {
  containers: (engine) => containerNames(engine),
  running: (engine) => containerNames(engine, { running: true }),
  images: imageNames,
  networks: networkNames,
  volumes: volumeNames,
};

/** `dockerpty __complete` */
export const COMPLETE: VerbParts = { flags: [], run: runComplete };

async function runComplete(args: Arguments, context: Context): Promise<number> {
  const [kind] = args.operands;
  if (!Object.hasOwn(KINDS, kind)) return 1;
  try {
    const client = { ...context.client, timeout: COURTESY_TIME };
    const names = await withEngine({ client }, KINDS[kind]);
    for (const name of names) context.print(name);
    return 0;
  } catch {
    // Whoever presses the tabulator must not be told of errors in the middle of a line.
    return 1;
  }
}
