/**
 * `dockerpty attach`
 *
 * @module
 */
import { attach } from "../../commands.ts";
import { type Arguments, invalidValue } from "../args.ts";
import type { Flag } from "../flags.ts";
import { DETACH_KEYS, RECONNECT, RECORD, SIG_PROXY } from "../shared_flags.ts";
import type { Context, VerbParts } from "../verb.ts";
import { ended, requireContainer, sessionOptions } from "./common.ts";

const TAIL: Flag = {
  name: "tail",
  kind: "string",
  value: "lines",
  help: "Show the last lines of the container's log first",
};

/** `dockerpty attach` */
export const ATTACH: VerbParts = {
  flags: [
    DETACH_KEYS,
    { name: "no-stdin", kind: "boolean", help: "Do not attach STDIN" },
    SIG_PROXY,
    TAIL,
    ...RECORD,
    RECONNECT,
  ],
  run: runAttach,
};

async function runAttach(args: Arguments, context: Context): Promise<number> {
  const container = requireContainer(args.operands[0]);
  const interactive = !args.boolean("no-stdin");
  const options = await sessionOptions(args, context);
  const tail = lineCount(args.string("tail"));
  return ended(await attach(container, { ...options, interactive, tail }), container, context);
}

function lineCount(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? text : Number(text);
  throw invalidValue(TAIL, text, "expected a number of lines");
}
