/**
 * `dockerpty shell`
 *
 * @module
 */
import { exec } from "../../commands.ts";
import { ConnectionLostError } from "../../errors.ts";
import { Client } from "../../session/client.ts";
import { connect } from "../../session/connect.ts";
import { leaveAfter } from "../../session/leave_silent.ts";
import type { ExecOptions } from "../../session/options.ts";
import { permittedEnv } from "../../transport/local_files.ts";
import type { Arguments } from "../args.ts";
import { codeOfStatus } from "../exit_code.ts";
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
import type { Context, VerbParts } from "../verb.ts";
import { noteDetached, requireContainer, sessionOptions } from "./common.ts";
import { execSettings, PRIVILEGED, tellingStartFailure } from "./exec.ts";

/** `dockerpty shell` */
export const SHELL: VerbParts = {
  flags: [
    DETACH_KEYS,
    ENV,
    ENV_FILE,
    { ...INTERACTIVE, help: "Keep STDIN open (default true)" },
    PRIVILEGED,
    SIG_PROXY,
    { ...TTY, help: "Allocate a pseudo-TTY; --tty=false does not (default auto)" },
    USER,
    WORKDIR,
    ...RECORD,
  ],
  run: runShell,
};

/** The shells, the best one first. */
const SHELLS = ["bash", "ash", "sh"];

/** Tells which shell there is, and whether the terminal that is named behind it is known. */
const PROBE = `for shell in ${SHELLS.join(" ")}; do command -v $shell && break; done
for folder in "$HOME/.terminfo" /etc/terminfo /lib/terminfo /usr/share/terminfo /usr/lib/terminfo
do [ -n "$1" ] && [ -e "$folder/\${1%"\${1#?}"}/$1" ] && echo known && break
done
:`;

async function runShell(args: Arguments, context: Context): Promise<number> {
  const container = requireContainer(args.operands[0]);
  const settings = await execSettings(args, context, "auto");
  const options = await sessionOptions(args, context);
  const own = settings.env.some((entry) => /^TERM(=|$)/.test(entry));
  const term = settings.tty && !own ? permittedEnv("TERM") ?? "" : "";
  const found = await probe(container, term, settings, context);
  if (found === undefined) {
    context.note(
      `dockerpty shell: no shell in the container ${container}: it has no ${
        SHELLS.join(", no ")
      }; dockerpty exec starts whatever else there is in it`,
    );
    return 127;
  }
  const status = await tellingStartFailure(
    "shell",
    context,
    (onStartFailure) =>
      exec(container, [found.shell, "-l"], {
        ...settings,
        ...options,
        interactive: args.boolean("interactive", true),
        env: found.knowsTerm ? [`TERM=${term}`, ...settings.env] : settings.env,
        onStartFailure,
      }),
  );
  noteDetached(status, `the shell runs on in ${container}`, context);
  return codeOfStatus(status);
}

/** What there is in the container; undefined if there is no shell. */
async function probe(
  container: string,
  term: string,
  { user, privileged }: ExecOptions,
  { client }: Context,
): Promise<{ shell: string; knowsTerm: boolean } | undefined> {
  const name = /^[\w.+-]+$/.test(term) ? term : "";
  const { timeout } = await connect(client);
  for (const shell of SHELLS.toReversed()) {
    const command = [shell, "-c", PROBE, shell, name];
    const session = await new Client(client).exec(container, command, { user, privileged });
    using time = leaveAfter(session, timeout);
    const { status, stdout } = await session.output();
    if (time.isOver) {
      throw new ConnectionLostError(
        `cannot look for a shell in ${container}: nothing was heard within ${
          timeout / 1000
        } s of ` +
          "what looks for it; that may still be running",
      );
    }
    const [path = "", known] = new TextDecoder().decode(stdout).trim().split(/\s+/);
    if (status.reason === "exited" && status.code === 0 && path !== "") {
      return { shell: path, knowsTerm: known === "known" };
    }
  }
  return undefined;
}
