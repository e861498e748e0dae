/**
 * The bodies that the engine creates containers and execs from, made of a session's options.
 *
 * @module
 */
import type { ContainerCreateBody, ExecCreateBody } from "../engine/types.ts";
import { InvalidOptionError } from "../errors.ts";
import type { ExecOptions, RunOptions } from "./options.ts";

/** The body that creates a container. */
export function createBody(
  image: string,
  command: readonly string[],
  options: RunOptions,
): ContainerCreateBody {
  if (image === "") throw new InvalidOptionError("the image has no name");
  const { create = {}, tty = false, size, volumes = [] } = options;
  const stdin = options.stdin === "piped";
  const { HostConfig: hostConfig, ...rest } = create;
  return {
    Image: image,
    Cmd: command.length > 0 ? [...command] : null,
    Entrypoint: entrypoint(options.entrypoint),
    Env: environment(options.env),
    User: options.user,
    WorkingDir: options.workdir,
    Tty: tty,
    OpenStdin: stdin,
    // Without this, the end of stdin would close the output too.
    StdinOnce: stdin,
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    Volumes: anonymousVolumes(volumes),
    ...rest,
    HostConfig: {
      Binds: volumes.filter((volume) => volume.includes(":")),
      NetworkMode: options.network,
      AutoRemove: options.remove,
      LogConfig: options.logDriver === undefined ? undefined : { Type: options.logDriver },
      ConsoleSize: tty && size ? [size.rows, size.columns] : undefined,
      ...hostConfig,
    },
  };
}

/** The body that creates an exec. */
export function execBody(command: readonly string[], options: ExecOptions): ExecCreateBody {
  if (command.length === 0) throw new InvalidOptionError("the command is empty");
  const { tty = false, size } = options;
  return {
    Cmd: [...command],
    Env: environment(options.env),
    User: options.user,
    WorkingDir: options.workdir,
    Privileged: options.privileged,
    Tty: tty,
    AttachStdin: options.stdin === "piped",
    AttachStdout: true,
    AttachStderr: true,
    ConsoleSize: tty && size ? [size.rows, size.columns] : undefined,
  };
}

function environment(env: RunOptions["env"]): string[] | undefined {
  if (env === undefined) return undefined;
  const entries = Array.isArray(env)
    ? env as readonly string[]
    : Object.entries(env).map(([name, value]) => `${name}=${value}`);
  for (const entry of entries) {
    if (/^(=|$)/.test(entry) || entry.includes("\0")) {
      // The value may be a secret.
      const [name] = entry.split("=", 1);
      throw new InvalidOptionError(
        `invalid environment variable (${JSON.stringify(name)}): expected NAME=value`,
      );
    }
  }
  return [...entries];
}

function entrypoint(entrypoint: RunOptions["entrypoint"]): string[] | undefined {
  if (entrypoint === undefined) return undefined;
  return typeof entrypoint === "string" ? [entrypoint] : [...entrypoint];
}

function anonymousVolumes(volumes: readonly string[]): ContainerCreateBody["Volumes"] {
  const paths = volumes.filter((volume) => !volume.includes(":"));
  return paths.length === 0 ? undefined : Object.fromEntries(paths.map((path) => [path, {}]));
}
