/**
 * The options of sessions.
 *
 * @module
 */
import type { PullProgress } from "../engine/images.ts";
import type { RegistryAuth } from "../engine/registry_auth.ts";
import type { Created } from "../engine/containers.ts";
import type { ContainerCreateBody } from "../engine/types.ts";
import type { OutputOption } from "./deno_stdio.ts";
import type { Winsize } from "../winsize.ts";

/** What every session takes. */
export interface SessionOptions {
  /**
   * What becomes of the process's stdin: `piped` makes {@linkcode Session.stdin} a stream, `null`
   * leaves it closed.
   *
   * @default {"null"}
   */
  stdin?: "piped" | "null";
  /**
   * What becomes of the process's stdout, as `Deno.Command` has it: `piped` makes
   * {@linkcode Session.stdout} a stream, `inherit` writes it to this process's own, `null` drops it.
   *
   * @default {"piped"}
   */
  stdout?: OutputOption;
  /**
   * What becomes of the process's stderr, in the same way.
   *
   * @default {"piped"}
   */
  stderr?: OutputOption;
  /**
   * What leaving the session's block does (`await using`) where the process has not ended: `detach`
   * leaves it running, `kill` ends it (SIGKILL, as {@linkcode Session.kill} does), also after an error or
   * an abort. {@linkcode Session.detach} leaves it running all the same.
   *
   * @default {"detach"}
   */
  dispose?: "detach" | "kill";
  /**
   * Ends the session when it aborts: the connection is closed, and everything that waits rejects
   * with the signal's reason. The process runs on. An opening is given up: what that has started is ended
   * (SIGKILL), as nobody has a session to do it with, unless `dispose` is said to be `detach`.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
}

/** What {@linkcode ReconnectOptions.onReconnect} is told. */
export type ReconnectEvent =
  | {
    /** The connection was lost, and the container is to be attached to again. */
    state: "lost";
  }
  | {
    /** The session goes on; or the container has ended in between, and what was left of its log comes. */
    state: "attached" | "ended";
    /**
     * Whether the container's log had all that was written in between, in whole lines. Else something
     * may be missing here. Of the line that the session goes on in, that is known when the line has
     * ended: if something of it is missing that cannot be put there any more, `attached` is told again.
     *
     * What comes from the log with U+FFFD in it counts as missing: Docker's json-file driver has that in
     * place of each byte that is not UTF-8, and of each byte of a character that stands where it cuts a
     * line, every 16 KiB. It is shown all the same.
     */
    complete: boolean;
  };

/** What a session with a container's main process takes. */
export interface ReconnectOptions {
  /**
   * Whether the container is attached to again where the connection is lost while it runs, with
   * growing pauses, for about two minutes. The session's streams go on: what was written in between
   * comes from the container's log; what is written to stdin waits, and so do a resize and a kill. A
   * program with a terminal whose size is known is made to repaint its screen.
   *
   * Output that the log does not have (its driver cannot be read, or the place is not found for sure) is
   * an error of the session, where no {@linkcode onReconnect} is told of it. Bytes that were under way
   * to stdin may be lost with the connection. A container that `run` has made without a tty sees the
   * end of its stdin with the connection: a write after that is an error.
   *
   * @default {false}
   */
  reconnect?: boolean;
  /**
   * Is told that the connection was lost, and how the session goes on. What it throws, or a promise of
   * it rejects with, is the session's error.
   *
   * @default {nothing is told, and missing output is an error}
   */
  onReconnect?: (event: ReconnectEvent) => void | Promise<void>;
}

/** Options of {@linkcode Client.start}. */
export interface StartOptions extends SessionOptions, ReconnectOptions {}

/** Options of {@linkcode Client.attach}. */
export interface AttachOptions extends SessionOptions, ReconnectOptions {
  /**
   * How many of the last lines that the container has written are shown before what it writes from
   * now on. Without a gap, and without a repeat. The container's log driver must be one that can be
   * read, such as `json-file`. That one's lines have U+FFFD in place of each byte that is not UTF-8, as
   * in `docker logs`.
   *
   * @default {0}
   */
  tail?: number;
}

/** What a new process takes. */
export interface ProcessOptions extends SessionOptions {
  /**
   * Whether the process gets a terminal.
   *
   * @default {false}
   */
  tty?: boolean;
  /**
   * The size of that terminal. Docker before API 1.42, and Podman, are told it once the process has
   * been started: one that looks at once may see none.
   *
   * @default {the engine's}
   */
  size?: Winsize;
  /**
   * The environment, in addition to the container's. A list holds `NAME=value`, or `NAME` to take
   * the image's value away.
   *
   * @default {{}}
   */
  env?: Record<string, string> | readonly string[];
  /**
   * The working directory.
   *
   * @default {the image's, or the container's}
   */
  workdir?: string;
  /**
   * The user, as `name|uid[:group|gid]`.
   *
   * @default {the image's, or the container's}
   */
  user?: string;
}

/** Options of {@linkcode Client.exec}. */
export interface ExecOptions extends ProcessOptions {
  /**
   * Whether the process has all the host's rights.
   *
   * @default {false}
   */
  privileged?: boolean;
  /**
   * Is told the engine's words where it could not start the command; they are then kept out of the
   * output.
   *
   * @default {they are the session's stderr; with a tty, its output}
   */
  onStartFailure?: (message: string) => void;
}

/** When an image is pulled. */
export type PullPolicy = "always" | "missing" | "never";

/** A container's settings: options of {@linkcode Client.run}. */
export interface RunOptions extends ProcessOptions, ReconnectOptions {
  /**
   * The container's name.
   *
   * @default {one that the engine makes up}
   */
  name?: string;
  /**
   * What the command is given to; `""` takes the image's away.
   *
   * @default {the image's}
   */
  entrypoint?: string | readonly string[];
  /**
   * Volumes and bind mounts, as `source:target[:options]` or `target`.
   *
   * @default {[]}
   */
  volumes?: readonly string[];
  /**
   * The network: `bridge`, `host`, `none`, `container:NAME` or a network's name.
   *
   * @default {the engine's}
   */
  network?: string;
  /**
   * Where the output is logged: `json-file`, `none`, …
   *
   * @default {the engine's}
   */
  logDriver?: string;
  /**
   * Whether the engine removes the container when it has ended.
   *
   * @default {false}
   */
  remove?: boolean;
  /**
   * When the image is pulled.
   *
   * @default {"missing"}
   */
  pull?: PullPolicy;
  /**
   * The platform of the image, as `os/arch[/variant]`.
   *
   * @default {the engine's}
   */
  platform?: string;
  /**
   * Whatever else `POST /containers/create` takes. What is in it wins over the other options and the
   * arguments, `Image`, `Cmd` and `HostConfig.NetworkMode` too: take it from nobody who may not
   * decide on those.
   *
   * @default {{}}
   */
  create?: ContainerCreateBody;
  /**
   * What proves to the registry who pulls the image.
   *
   * @default {what `docker login` has stored in docker's configuration folder or with its
   * credential helpers, as far as `--allow-read`, `--allow-env` and `--allow-run` reach that}
   */
  auth?: RegistryAuth;
  /**
   * Is told the news of the image's pull as it comes: first, where the image was missing, that it
   * was; then what the engine says. A promise is waited for before the next.
   *
   * @default {nothing is told}
   */
  onPull?: (progress: PullProgress) => void;
  /**
   * Is told of the container once it has been created, before it is started.
   *
   * @default {nothing is told}
   */
  onCreated?: (created: Created) => void;
}
