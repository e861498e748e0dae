/**
 * The way from a program to an engine's containers.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import {
  checkClient,
  checkCommand,
  checkName,
  checkOptions,
  requireNoReconnect,
} from "./check_options.ts";
import { type ClientOptions, connect } from "./connect.ts";
import type { Looked } from "./kill_exec.ts";
import { KillTogether } from "./kill_together.ts";
import type {
  AttachOptions,
  ExecOptions,
  ReconnectOptions,
  RunOptions,
  SessionOptions,
  StartOptions,
} from "./options.ts";
import type { Session } from "./session.ts";
import { SessionLimit } from "./session_limit.ts";
import type { Shown } from "./shown_option.ts";

/**
 * Opens sessions with the containers of one engine.
 *
 * Needs the permissions of {@linkcode requiredPermissions} for its endpoint. Each session has a
 * connection of its own; nothing stays open between sessions. There may be hundreds at once; with
 * {@linkcode ClientOptions.maxSessions} those behind that many wait for their turn.
 *
 * @example Run a command and read its output
 * ```ts
 * import { Client } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Client();
 * const session = await client.run("busybox", ["echo", "hi"], { network: "none", remove: true });
 * const { status, stdout } = await session.output();
 * assertEquals(status, { reason: "exited", code: 0 });
 * assertEquals(new TextDecoder().decode(stdout), "hi\n");
 * ```
 */
export class Client {
  // What opens the sessions is loaded with the first one: a command needs one kind of them only.
  #options: ClientOptions;
  #limit: SessionLimit;
  #kills: KillTogether<Looked> = new KillTogether();

  /**
   * Makes a client. Nothing is asked of the engine yet, and nobody looks for it: an `endpoint`, an
   * `apiVersion` or a `timeout` that cannot be used is told by the first call, which rejects.
   *
   * @param options where the engine is, and how to speak to it
   * @throws {InvalidOptionError} if the options are none, `dial` is no function, or there may be no
   * session at all
   */
  constructor(options: ClientOptions = {}) {
    checkClient(options);
    this.#options = { ...options };
    this.#limit = new SessionLimit(
      options.maxSessions === undefined ? Infinity : options.maxSessions,
    );
  }

  /**
   * Creates a container, attaches to it and starts it: `POST /containers/create`, `…/attach`,
   * `…/wait` and `…/start`. The image is pulled where it is missing.
   *
   * @param image the image's name
   * @param command the command with its arguments; empty means the image's own
   * @param options the container's settings
   * @returns the session, once the container has been started
   * @throws {EngineError} if the engine refuses, as with a command that cannot be started; a
   * container that was to be removed is removed then
   * @throws {ConnectionError} if the engine cannot be reached
   * @throws {PermissionError} if Deno's permissions do not reach the engine
   * @throws {EndpointError} if the engine's address cannot be used: the client's, or the one that was
   * found
   * @throws {InvalidOptionError} if an option cannot be used, of the client's too
   */
  run(image: string, command: readonly string[] = [], options: RunOptions = {}): Promise<Session> {
    return this.#openContainer({ image, command, options }, async (engine, options, release) => {
      const { openRun } = await import("./open_container.ts");
      return await openRun(engine, image, command, options, release);
    });
  }

  /**
   * Attaches to a container that exists and starts it: `POST /containers/{id}/attach`, `…/wait` and
   * `…/start`. One that runs already is just attached to.
   *
   * @param container the container's name or id
   * @param options whether its stdin is attached, too
   * @returns the session, once the container has been started
   * @throws {EngineError} if the engine refuses, as where there is no such container
   * @throws {ConnectionError} if the engine cannot be reached
   * @throws {PermissionError} if Deno's permissions do not reach the engine
   * @throws {EndpointError} if the engine's address cannot be used: the client's, or the one that was
   * found
   * @throws {InvalidOptionError} if an option cannot be used, of the client's too
   */
  start(container: string, options: StartOptions = {}): Promise<Session> {
    return this.#openContainer({ container, options }, async (engine, options, release) => {
      const { openStart } = await import("./open_container.ts");
      return await openStart(engine, container, options, release);
    });
  }

  /**
   * Attaches to a running container's main process: `POST /containers/{id}/attach` and `…/wait`.
   *
   * @param container the container's name or id
   * @param options whether its stdin is attached, too, and how much of its log is shown
   * @returns the session
   * @throws {ContainerStateError} if the container is not running, or is paused or restarting
   * @throws {EngineError} if the engine refuses, as where there is no such container
   * @throws {ConnectionError} if the engine cannot be reached
   * @throws {PermissionError} if Deno's permissions do not reach the engine
   * @throws {EndpointError} if the engine's address cannot be used: the client's, or the one that was
   * found
   * @throws {InvalidOptionError} if an option cannot be used, of the client's too
   */
  attach(container: string, options: AttachOptions = {}): Promise<Session> {
    return this.#openContainer({ container, options }, async (engine, options, release) => {
      const { openAttach } = await import("./open_container.ts");
      return await openAttach(engine, container, options, release);
    });
  }

  /**
   * Starts another process in a running container: `POST /containers/{id}/exec` and
   * `POST /exec/{id}/start`. A command that cannot be started is told on stderr by the engine, and
   * ends with the code 126 or 127.
   *
   * @example
   * ```ts
   * import { Client } from "@dockerpty/dockerpty";
   * import { assertEquals } from "@std/assert";
   *
   * const client = new Client();
   * const options = { network: "none", remove: true };
   * await using web = await client.run("busybox", ["sleep", "60"], options);
   * const session = await client.exec(web.id, ["sh", "-c", "echo $GREETING"], {
   *   env: { GREETING: "hello" },
   * });
   * const { stdout } = await session.output();
   * assertEquals(new TextDecoder().decode(stdout), "hello\n");
   * await web.kill("SIGKILL");
   * ```
   *
   * @param container the container's name or id
   * @param command the command with its arguments
   * @param options the process's settings
   * @returns the session
   * @throws {EngineError} if the engine refuses, as where the container is not running
   * @throws {ConnectionError} if the engine cannot be reached
   * @throws {PermissionError} if Deno's permissions do not reach the engine
   * @throws {EndpointError} if the engine's address cannot be used: the client's, or the one that was
   * found
   * @throws {InvalidOptionError} if an option cannot be used, of the client's too
   */
  exec(
    container: string,
    command: readonly string[],
    options: ExecOptions = {},
  ): Promise<Session> {
    return this.#open({ container, command, options }, async (engine, release) => {
      requireNoReconnect(options);
      const { openExec } = await import("./open_exec.ts");
      return await openExec(engine, container, command, options, this.#kills, release);
    });
  }

  /** Opens a session with a container's main process; one that outlives its connection where asked for. */
  #openContainer<T extends SessionOptions & ReconnectOptions>(
    given: Given & { options: T },
    open: (engine: Engine, options: T & Shown, release: () => void) => Promise<Session>,
  ): Promise<Session> {
    const { options } = given;
    return this.#open(given, async (engine, release) => {
      if (!options.reconnect) return await open(engine, options, release);
      const { attachingBy, reconnecting } = await import("./reconnecting.ts");
      const attach = attachingBy(() => connect(this.#options));
      const added = reconnecting({ options, attach, release });
      return await open(engine, { ...options, ...added }, () => engine.close());
    });
  }

  async #open(
    given: Given,
    open: (engine: Engine, release: () => void) => Promise<Session>,
  ): Promise<Session> {
    checkGiven(given);
    const giveBack = await this.#limit.take(given.options.signal);
    let engine: Engine | undefined;
    const release = () => {
      engine?.close();
      giveBack();
    };
    try {
      engine = await connect(this.#options);
      const session = await open(engine, release);
      // The version holds for the engine: the next session need not ask for it.
      this.#options.apiVersion = await engine.apiVersion();
      return session;
    } catch (error) {
      release();
      throw error;
    }
  }
}

/** What a session is opened with. */
interface Given {
  container?: string;
  image?: string;
  command?: readonly string[];
  options: SessionOptions;
}

function checkGiven(given: Given): void {
  if ("container" in given) checkName("container", given.container!);
  if ("image" in given) checkName("image", given.image!);
  if ("command" in given) checkCommand(given.command!);
  checkOptions(given.options);
}
