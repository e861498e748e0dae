/**
 * The parts of the engine API's objects that this package reads and writes, named as they are there.
 *
 * @module
 */

/** The height and width of a terminal, in characters: `[rows, columns]`. */
export type ConsoleSize = [rows: number, columns: number];

/** The host's part of a {@linkcode ContainerCreateBody}. */
export interface HostConfig {
  /** Bind mounts, as `source:target[:options]`. */
  Binds?: string[];
  /** The network to join: `bridge`, `host`, `none`, `container:NAME` or a network's name. */
  NetworkMode?: string;
  /** Whether the container is removed when it ends. */
  AutoRemove?: boolean;
  /** Where the container's output is logged. */
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  /** The size of the terminal at the start (API 1.42). */
  ConsoleSize?: ConsoleSize;
  /** Whatever else the endpoint takes. */
  [field: string]: unknown;
}

/** The body of `POST /containers/create`. */
export interface ContainerCreateBody {
  /** The image's name. */
  Image?: string;
  /** The command with its arguments. */
  Cmd?: string[] | null;
  /** What the command is given to; `[""]` takes the image's away. */
  Entrypoint?: string[] | null;
  /** The environment, as `NAME=value`; a bare name unsets the image's. */
  Env?: string[];
  /** The user, as `name|uid[:group|gid]`. */
  User?: string;
  /** The working directory. */
  WorkingDir?: string;
  /** Whether the process has a terminal. */
  Tty?: boolean;
  /** Whether the process's stdin stays open. */
  OpenStdin?: boolean;
  /** Whether stdin ends when the first attached client's does. */
  StdinOnce?: boolean;
  /** Whether a client means to attach stdin. */
  AttachStdin?: boolean;
  /** Whether a client means to attach stdout. */
  AttachStdout?: boolean;
  /** Whether a client means to attach stderr. */
  AttachStderr?: boolean;
  /** Volumes without a source, by their paths in the container. */
  Volumes?: Record<string, Record<string, never>>;
  /** The host's part. */
  HostConfig?: HostConfig;
  /** Whatever else the endpoint takes. */
  [field: string]: unknown;
}

/** What `GET /containers/{id}/json` tells of a container. */
export interface ContainerInspect {
  /** The container's full id. */
  Id: string;
  /** The container's name, with a slash in front. */
  Name: string;
  /** Its state. */
  State: {
    Status: string;
    Running: boolean;
    Paused: boolean;
    Restarting: boolean;
    ExitCode: number;
    Error?: string;
    /** When its process was started last. */
    StartedAt?: string;
  };
  /** Its settings. */
  Config: {
    Tty: boolean;
    OpenStdin: boolean;
    StdinOnce: boolean;
  };
  /** The host's part of its settings. */
  HostConfig: {
    AutoRemove?: boolean;
    PidMode?: string;
  };
}

/** The answer of `POST /containers/{id}/wait`. */
export interface WaitAnswer {
  /** The exit code of the container's process. */
  StatusCode: number;
  /** What went wrong while waiting. */
  Error?: { Message?: string } | null;
}

/** The body of `POST /containers/{id}/exec`. */
export interface ExecCreateBody {
  /** The command with its arguments. */
  Cmd: string[];
  /** The environment, as `NAME=value`. */
  Env?: string[];
  /** The user, as `name|uid[:group|gid]`. */
  User?: string;
  /** The working directory. */
  WorkingDir?: string;
  /** Whether the process has all the host's rights. */
  Privileged?: boolean;
  /** Whether the process has a terminal. */
  Tty?: boolean;
  /** Whether a client means to attach stdin. */
  AttachStdin?: boolean;
  /** Whether a client means to attach stdout. */
  AttachStdout?: boolean;
  /** Whether a client means to attach stderr. */
  AttachStderr?: boolean;
  /** The keys that the engine detaches at. */
  DetachKeys?: string;
  /** The size of the terminal at the start (API 1.42). */
  ConsoleSize?: ConsoleSize;
}

/** What `GET /exec/{id}/json` tells of an exec. */
export interface ExecInspect {
  /** Whether its process runs. */
  Running: boolean;
  /** The process's exit code, once it has ended. */
  ExitCode: number | null;
  /** The process's id on the engine's host; 0 if it was never started. */
  Pid: number;
  /** The id of the container that it is in. */
  ContainerID?: unknown;
}
