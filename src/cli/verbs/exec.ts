/**
 * `dockerpty exec`
 *
 * @module
 */
import { exec } from "../../commands.ts";
import type { Arguments } from "../args.ts";
import { codeOfStatus } from "../exit_code.ts";
import type { Flag } from "../flags.ts";
import {
  DETACH_KEYS,
  ENV,
  ENV_FILE,
  INTERACTIVE,
  RECORD,
  SIG_PROXY,
  TTY,
  USER,
  WORKDIR,
} from "../shared_flags.ts";
import { printable } from "../../printable.ts";
import type { Context, VerbParts } from "../verb.ts";
import {
  noteDetached,
  requireContainer,
  requireRecord,
  sessionOptions,
  wantsTty,
  withEngine,
} from "./common.ts";
import { environment } from "./environment.ts";

/** `--privileged` */
export const PRIVILEGED: Flag = {
  name: "privileged",
  kind: "boolean",
  help: "Give extended privileges to the command",
};

/** `dockerpty exec` */
export const EXEC: VerbParts = {
  flags: [
    {
      name: "detach",
      short: "d",
      kind: "boolean",
      help: "Detached mode: run command in the background",
    },
    DETACH_KEYS,
    ENV,
    ENV_FILE,
    INTERACTIVE,
    PRIVILEGED,
    SIG_PROXY,
    TTY,
    USER,
    WORKDIR,
    ...RECORD,
  ],
  run: runExec,
};

async function runExec(args: Arguments, context: Context): Promise<number> {
  const [name, ...command] = args.operands;
  const container = requireContainer(name);
  requireRecord(args);
  const settings = await execSettings(args, context);
  if (args.boolean("detach")) {
    const { execDetached } = await import("../../session/detached.ts");
    await withEngine(context, (engine) => execDetached(engine, container, command, settings));
    return 0;
  }
  const options = await sessionOptions(args, context);
  const status = await tellingStartFailure(
    "exec",
    context,
    (onStartFailure) => exec(container, command, { ...settings, ...options, onStartFailure }),
  );
  noteDetached(status, `the command runs on in ${container}`, context);
  return codeOfStatus(status);
}

/** Says of a command that could not be started so, once the terminal is given back. */
export async function tellingStartFailure<T>(
  verb: string,
  context: Context,
  session: (onStartFailure: (message: string) => void) => Promise<T>,
): Promise<T> {
  let failure: string | undefined;
  const outcome = await session((message) => failure = message);
  if (failure !== undefined) context.note(`dockerpty ${verb}: ${printable(failure)}`);
  return outcome;
}

/** What the flags say of the process to start. */
export async function execSettings(args: Arguments, context: Context, tty?: string) {
  return {
    tty: wantsTty(args, context, tty),
    env: await environment(args),
    workdir: args.string("workdir"),
    user: args.string("user"),
    privileged: args.boolean("privileged"),
  };
}
