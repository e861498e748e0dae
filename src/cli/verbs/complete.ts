/**
 * `dockerpty __complete`: the names that completion scripts ask for.
 *
 * @module
 */
import type { Engine } from "../../engine/engine.ts";
import { containerNames, imageNames, networkNames, volumeNames } from "../../engine/names.ts";
import { resolveEndpoint } from "../../transport/context.ts";
import { contextNames } from "../../transport/docker_context.ts";
import { LOCAL, namesIn } from "../../transport/local_files.ts";
import type { Arguments } from "../args.ts";
import { COURTESY_TIME } from "../hints.ts";
import type { Context, VerbParts } from "../verb.ts";
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

async function runComplete({ operands: [kind] }: Arguments, context: Context): Promise<number> {
  if (kind !== "contexts" && !Object.hasOwn(KINDS, kind)) return 1;
  try {
    const names = kind === "contexts"
      ? await contextNames(LOCAL, namesIn)
      : await engineNames(kind, context);
    for (const name of names) context.print(name);
    return 0;
  } catch {
    // Whoever presses the tabulator must not be told of errors in the middle of a line.
    return 1;
  }
}

async function engineNames(kind: string, { source }: Context): Promise<string[]> {
  const client = { endpoint: await resolveEndpoint(source), timeout: COURTESY_TIME };
  return await withEngine({ client }, KINDS[kind]);
}
