/**
 * The whole of what happens at a terminal: open a session, present it, tell how it ended.
 *
 * @module
 */
import type { ExecOptions, RunOptions } from "./session/options.ts";
import type { ExitStatus } from "./session/session.ts";
import { type CommandOptions, prepare, show } from "./show.ts";

/** Options of {@linkcode attach}. */
export interface AttachCommandOptions extends CommandOptions {
  /**
   * How many of the last lines that the container has written are shown before what it writes from
   * now on. Without a gap, and without a repeat.
   *
   * @default {0}
   */
  tail?: number;
}

/** Options of {@linkcode run}. */
export interface RunCommandOptions
  extends
    CommandOptions,
    Omit<RunOptions, "stdin" | "stdout" | "stderr" | "tty" | "onReconnect" | "dispose"> {
  /**
   * Whether the process gets a terminal.
   *
   * @default {whether stdin and stdout are terminals}
   */
  tty?: boolean;
}

/** Options of {@linkcode exec}. */
export interface ExecCommandOptions
  extends
    Omit<CommandOptions, "reconnect">,
    Omit<ExecOptions, "stdin" | "stdout" | "stderr" | "tty" | "dispose"> {
  /**
   * Whether the process gets a terminal.
   *
   * @default {whether stdin and stdout are terminals}
   */
  tty?: boolean;
}

/**
 * Runs a command in a new container, at the terminal. See {@linkcode Client.run} for the engine's
 * side and {@linkcode present} for the terminal's.
 *
 * @example
 * ```ts
 * import { run } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const status = await run("busybox", ["sh", "-c", "exit 5"], { network: "none", remove: true });
 * assertEquals(status, { reason: "exited", code: 5 });
 * ```
 *
 * @param image the image's name
 * @param command the command with its arguments; empty means the image's own
 * @param options the container's settings, and how it is presented
 * @returns how the session ended
 * @throws {NotTerminalError} if a terminal was asked for, and stdin is none
 * @throws {InvalidOptionError} if an option cannot be used
 * @throws {EngineError} if the engine refuses
 * @throws {ConnectionError} if the engine cannot be reached, or the connection was lost
 * @throws {InterruptedError} if a signal to this process, which then ends by it, came before the
 * session was open
 * @throws {TerminalInUseError} if another session of this process reads from the terminal
 * @throws {TerminalHangupError} if the terminal was hung up before the process ended
 * @throws {PermissionError} if Deno's permissions do not reach the engine
 * @throws {EndpointError} if the engine's address cannot be used
 */
export async function run(
  image: string,
  command: readonly string[] = [],
  options: RunCommandOptions = {},
): Promise<ExitStatus> {
  const local = prepare(options, options?.tty);
  const size = options.size ?? (local.tty && local.terminal.size() || undefined);
  return await show(local, options, {
    open: (client, given) =>
      client.run(image, command, { ...options, ...given, tty: local.tty, size }),
    ofContainer: true,
  });
}

/**
 * Starts a container that exists, at the terminal. See {@linkcode Client.start} and
 * {@linkcode present}.
 *
 * @example
 * ```ts
 * import { Client, start } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { network: "none", remove: true };
 * await using web = await new Client().run("busybox", ["sh", "-c", "sleep 1; exit 3"], options);
 * const status = await start(web.id, { interactive: false });
 * assertEquals(status, { reason: "exited", code: 3 });
 * ```
 *
 * @param container the container's name or id
 * @param options how it is presented
 * @returns how the session ended
 * @throws {InvalidOptionError} if an option cannot be used, as where the detach keys are malformed
 * @throws {EngineError} if the engine refuses
 * @throws {ConnectionError} if the engine cannot be reached, or the connection was lost
 * @throws {InterruptedError} if a signal to this process, which then ends by it, came before the
 * session was open
 * @throws {TerminalInUseError} if another session of this process reads from the terminal
 * @throws {TerminalHangupError} if the terminal was hung up before the process ended
 * @throws {PermissionError} if Deno's permissions do not reach the engine
 * @throws {EndpointError} if the engine's address cannot be used
 */
export async function start(
  container: string,
  options: CommandOptions = {},
): Promise<ExitStatus> {
  return await show(prepare(options, false), options, {
    open: (client, given) => client.start(container, { ...options, ...given }),
    ofContainer: true,
    outlivesHangup: true,
  });
}

/**
 * Attaches the terminal to a running container. See {@linkcode Client.attach} and
 * {@linkcode present}.
 *
 * @example
 * ```ts
 * import { attach, Client } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { network: "none", remove: true };
 * await using web = await new Client().run("busybox", ["sh", "-c", "sleep 1; exit 3"], options);
 * const status = await attach(web.id, { interactive: false });
 * assertEquals(status, { reason: "exited", code: 3 });
 * ```
 *
 * @param container the container's name or id
 * @param options how it is presented
 * @returns how the session ended
 * @throws {ContainerStateError} if the container is not running, or is paused or restarting
 * @throws {InvalidOptionError} if an option cannot be used, as where the detach keys are malformed
 * @throws {EngineError} if the engine refuses
 * @throws {ConnectionError} if the engine cannot be reached, or the connection was lost
 * @throws {InterruptedError} if a signal to this process, which then ends by it, came before the
 * session was open
 * @throws {TerminalInUseError} if another session of this process reads from the terminal
 * @throws {TerminalHangupError} if the terminal was hung up before the process ended
 * @throws {PermissionError} if Deno's permissions do not reach the engine
 * @throws {EndpointError} if the engine's address cannot be used
 */
export async function attach(
  container: string,
  options: AttachCommandOptions = {},
): Promise<ExitStatus> {
  return await show(prepare(options, false), options, {
    open: (client, given) => client.attach(container, { ...options, ...given }),
    ofContainer: true,
    outlivesHangup: true,
    repaint: true,
  });
}

/**
 * Runs another command in a running container, at the terminal. See {@linkcode Client.exec} and
 * {@linkcode present}.
 *
 * @example
 * ```ts
 * import { Client, exec } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { network: "none", remove: true };
 * await using web = await new Client().run("busybox", ["sh", "-c", "sleep 1; exit 3"], options);
 * const status = await exec(web.id, ["sh", "-c", 'test "$PWD" = /tmp'], { workdir: "/tmp" });
 * assertEquals(status, { reason: "exited", code: 0 });
 * ```
 *
 * @param container the container's name or id
 * @param command the command with its arguments
 * @param options the process's settings, and how it is presented
 * @returns how the session ended
 * @throws {NotTerminalError} if a terminal was asked for, and stdin is none
 * @throws {InvalidOptionError} if an option cannot be used
 * @throws {EngineError} if the engine refuses
 * @throws {ConnectionError} if the engine cannot be reached, or the connection was lost
 * @throws {InterruptedError} if a signal to this process, which then ends by it, came before the
 * session was open
 * @throws {TerminalInUseError} if another session of this process reads from the terminal
 * @throws {TerminalHangupError} if the terminal was hung up before the process ended
 * @throws {PermissionError} if Deno's permissions do not reach the engine
 * @throws {EndpointError} if the engine's address cannot be used
 */
export async function exec(
  container: string,
  command: readonly string[],
  options: ExecCommandOptions = {},
): Promise<ExitStatus> {
  const local = prepare(options, options?.tty);
  const size = options.size ?? (local.tty && local.terminal.size() || undefined);
  return await show(local, options, {
    open: (client, given) =>
      client.exec(container, command, { ...options, ...given, tty: local.tty, size }),
    ofContainer: false,
  });
}
