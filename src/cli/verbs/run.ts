/**
 * `dockerpty run`
 *
 * @module
 */
import { run } from "../../commands.ts";
import { inspectContainer } from "../../engine/containers.ts";
import type { PullProgress } from "../../engine/images.ts";
import type { ContainerCreateBody } from "../../engine/types.ts";
import type { PullPolicy, RunOptions } from "../../session/options.ts";
import { printable } from "../../printable.ts";
import { interruptible } from "../../terminal/opening.ts";
import { formatEndpoint } from "../../transport/endpoint.ts";
import { type Arguments, FlagError, UsageError } from "../args.ts";
import { readBase } from "../create/base.ts";
import { buildCreate } from "../create/build.ts";
import { fitToVersion } from "../create/fit_to_version.ts";
import { CidFile } from "../cid_file.ts";
import { codeOfError } from "../exit_code.ts";
import { proxyVariables } from "../docker_config.ts";
import { LOCAL } from "../local.ts";
import { RUN_FLAGS } from "../run_flags/all.ts";
import { isIpAddress } from "../values/address.ts";
import { checkImage, checkNewName } from "../values/names.ts";
import { parsePlatform } from "../values/platform.ts";
import { quote } from "../values/value_error.ts";
import type { Context, VerbParts } from "../verb.ts";
import { ended, sessionOptions, wantsTty, withEngine } from "./common.ts";

/** `dockerpty run` */
export const RUN: VerbParts = { flags: RUN_FLAGS, run: runRun };

async function runRun(args: Arguments, context: Context): Promise<number> {
  const [image, ...command] = args.operands;
  check("image", image, checkImage);
  const name = args.string("name");
  if (name !== undefined) check("--name", name, checkNewName);
  const detach = args.boolean("detach");
  if (detach && args.has("attach")) {
    throw new UsageError("conflicting options: cannot specify both --attach and --detach");
  }
  const settings = await createSettings(args, command, context);
  const atTerminal = await sessionOptions(args, context);
  const { create } = settings;
  using cidFile = CidFile.open(create.HostConfig?.ContainerIDFile as string | undefined);
  let id = "";
  const options: RunOptions = {
    ...settings,
    name,
    pull: pullPolicy(args.string("pull")),
    onPull: printsPull(context, args.boolean("quiet")),
    onCreated: (created) => {
      id = created.id;
      cidFile.write(id);
      const warnings = [...created.warnings, ...dnsWarnings(create)];
      for (const warning of warnings) context.note(`WARNING: ${printable(warning)}`);
    },
  };
  const interactive = create.OpenStdin === true;
  if (detach) {
    const { runDetached } = await import("../../session/detached.ts");
    const stdin = interactive ? "piped" as const : "null" as const;
    context.print(
      await withEngine(
        context,
        (engine) =>
          interruptible(
            context.terminal,
            (signal) => runDetached(engine, image, command, { ...options, stdin, signal }),
          ),
      ),
    );
    return 0;
  }
  const shown = () => name || id.slice(0, 12);
  try {
    const status = await run(image, command, { ...options, ...atTerminal, interactive });
    return ended(status, shown(), context);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    const on = await runs(id, context) ? `; the container ${shown()} runs on` : "";
    context.note(`dockerpty run: broken pipe: nobody reads the output${on}`);
    return codeOfError(error, "run");
  }
}

/** Whether a container runs; what cannot be asked is not told. */
async function runs(id: string, context: Context): Promise<boolean> {
  const ask = withEngine(context, (engine) => inspectContainer(engine, id));
  return await ask.then(({ State }) => State.Running, () => false);
}

/** The settings of the container, from flags, files and docker's configuration. */
async function createSettings(
  args: Arguments,
  command: readonly string[],
  context: Context,
): Promise<{ create: ContainerCreateBody; tty: boolean; platform?: string }> {
  const json = args.string("create-json");
  const base = json === undefined ? {} : readBase(json, args.boolean("interactive"));
  const body = buildCreate(RUN_FLAGS, args, LOCAL, base);
  const proxies = proxyVariables(
    await context.dockerConfig(),
    engineAddress(context),
    body.Env ?? [],
  );
  if (proxies.length > 0) body.Env = [...body.Env ?? [], ...proxies];
  const tty = wantsTty(args, context, base.Tty === true ? "true" : "false");
  const create = await fitToVersion(body, RUN_FLAGS, args, context);
  create.Tty = tty;
  if (command.length > 0) create.Cmd = [...command];
  delete create.Image;
  const platform = args.string("platform") || LOCAL.env("DOCKER_DEFAULT_PLATFORM");
  return {
    create,
    tty,
    platform: platform ? check("--platform", platform, parsePlatform) : undefined,
  };
}

function engineAddress({ client: { endpoint = "" } }: Context): string {
  return typeof endpoint === "string" ? endpoint : formatEndpoint(endpoint);
}

/** Prints the news of a pull; what does that is loaded with the first, as most images are there. */
function printsPull({ terminal }: Context, quiet: boolean): RunOptions["onPull"] {
  let print: ((progress: PullProgress) => void) | undefined;
  return async (progress) => {
    if (print === undefined) {
      const { pullPrinter } = await import("../pull_progress.ts");
      const { unicodeWidth: width } = await import("@std/cli/unicode-width");
      print = pullPrinter({
        stderr: Deno.stderr,
        isTerminal: terminal.isTerminal("stderr"),
        size: () => terminal.size(),
        quiet,
        width,
      });
    }
    print(progress);
  };
}

/** A resolver on the host's own loopback is not the container's. */
function dnsWarnings({ HostConfig }: ContainerCreateBody): string[] {
  const local = (HostConfig?.Dns as string[] | undefined ?? [])
    .find((address) => isIpAddress(address) && /^(127\.|::1$)/.test(address));
  return local === undefined ? [] : [`Localhost DNS (${local}) may fail in containers.`];
}

/** Reads a value of what is no entry of the table, and says whose it is where it cannot be used. */
function check<T>(what: string, value: string, read: (value: string) => T): T {
  try {
    return read(value);
  } catch (error) {
    throw new FlagError(`invalid value ${quote(value)} for ${what}: ${(error as Error).message}`);
  }
}

function pullPolicy(value: string | undefined): PullPolicy | undefined {
  if (!value) return undefined;
  if (value === "always" || value === "missing" || value === "never") return value;
  throw new FlagError(
    `invalid pull policy (${quote(value)}): expected always, missing or never for --pull`,
  );
}
