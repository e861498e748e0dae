/**
 * A container's terminal, in yours.
 *
 * At a terminal, {@linkcode run}, {@linkcode start}, {@linkcode attach} and {@linkcode exec} open a
 * session with a container, join it to the process's own terminal until it ends, and tell how it
 * did:
 *
 * ```ts
 * import { run } from "@dockerpty/dockerpty";
 *
 * const status = await run("busybox", ["sh"], { network: "none", remove: true });
 * ```
 *
 * In a program, a {@linkcode Client} opens the same sessions as Web Streams, in the shape of
 * `Deno.ChildProcess`:
 *
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
 *
 * {@linkcode capture} feeds a process and takes all that it writes, within limits; its timeout ends the process
 * and its children, in the container. {@linkcode Expect} drives a program by what it writes:
 *
 * ```ts
 * import { capture, Client, Expect } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Client({ maxSessions: 100 }); // more wait for their turn
 * const options = { stdin: "piped", network: "none", remove: true } as const;
 *
 * const limits = { input: "hello", timeout: 10_000, limit: 1024 };
 * const { stdout } = await capture(client.run("busybox", ["rev"], options), limits);
 * assertEquals(new TextDecoder().decode(stdout).trim(), "olleh");
 *
 * await using session = await client.run("busybox", ["sh"], { ...options, tty: true, dispose: "kill" });
 * const shell = new Expect(session);
 * await shell.expect(/[#$] $/);
 * await shell.send("exit 3\n");
 * assertEquals(await session.status, { reason: "exited", code: 3 });
 * ```
 *
 * | for                                        | there is                                           |
 * | ------------------------------------------ | -------------------------------------------------- |
 * | lines, files, other streams                | {@linkcode Session.stdout} and its kin             |
 * | output that is not read                    | `stderr: "null"` or `"inherit"`                    |
 * | a process that does not outlive its block   | `dispose: "kill"`, of every session                |
 * | giving up                                  | `signal`, of all that opens a session, and `capture` |
 * | a recording that asciinema plays           | {@linkcode record}                                 |
 * | a session that outlives a lost connection  | `reconnect: true` of `run`, `start` and `attach`   |
 * | the least permissions                      | {@linkcode requiredPermissions}                    |
 *
 * An exit code is a value, never an exception. Every error that is thrown on purpose is a
 * {@linkcode DockerptyError}: an {@linkcode InvalidOptionError} for what was asked for, an
 * {@linkcode EngineError} for what the engine refuses, a {@linkcode ConnectionError} where it is not
 * reached or lost. But an `AbortSignal` gives its own reason, and the timeout of `capture` is a
 * `TimeoutError`, as everywhere in Deno; what {@linkcode Expect} waits for in vain is an
 * {@linkcode ExpectError}, with the reason as its `cause`.
 *
 * @module
 */
export {
  attach,
  type AttachCommandOptions,
  exec,
  type ExecCommandOptions,
  run,
  type RunCommandOptions,
  start,
} from "./src/commands.ts";
export type { PullProgress, PullProgressDetail } from "./src/engine/images.ts";
export type { RegistryAuth } from "./src/engine/registry_auth.ts";
export type { Created } from "./src/engine/containers.ts";
export type { ConsoleSize, ContainerCreateBody, HostConfig } from "./src/engine/types.ts";
export {
  ConnectionError,
  ConnectionLostError,
  ContainerStateError,
  CutShortError,
  DockerptyError,
  EndpointError,
  EngineError,
  type EngineErrorDetails,
  EngineTimeoutError,
  InterruptedError,
  InvalidOptionError,
  NotTerminalError,
  OutputError,
  PermissionError,
  ProtocolError,
  SignalError,
  TerminalHangupError,
  TerminalInUseError,
} from "./src/errors.ts";
export {
  capture,
  type Captured,
  type CaptureOptions,
  CaptureTimeoutError,
  OutputLimitError,
  type Written,
} from "./src/session/capture.ts";
export { Client } from "./src/session/client.ts";
export type { ClientOptions } from "./src/session/connect.ts";
export type { OutputOption } from "./src/session/deno_stdio.ts";
export {
  Expect,
  type Expected,
  ExpectError,
  type ExpectOptions,
  type ExpectReaderOptions,
} from "./src/session/expect.ts";
export { record, type RecordOptions } from "./src/session/record.ts";
export type {
  AttachOptions,
  ExecOptions,
  ProcessOptions,
  PullPolicy,
  ReconnectEvent,
  ReconnectOptions,
  RunOptions,
  SessionOptions,
  StartOptions,
} from "./src/session/options.ts";
export type { ExitStatus, Session, SessionOutput, Sink } from "./src/session/session.ts";
export { parseDetachKeys } from "./src/stream/detach_keys.ts";
export { DemultiplexStream } from "./src/stream/demultiplex_stream.ts";
export { DetachKeysStream, type DetachKeysStreamOptions } from "./src/stream/detach_keys_stream.ts";
export type { Payload } from "./src/stream/multiplexed_stream.ts";
export type { Timers } from "./src/stream/timers.ts";
export { denoTerminal, type DenoTerminalOptions } from "./src/terminal/deno_terminal.ts";
export { present, type PresentOptions } from "./src/terminal/present.ts";
export type { StandardStream, Terminal, TerminalInput } from "./src/terminal/terminal.ts";
export type { Connection, Dial } from "./src/transport/connection.ts";
export { type EndpointSource, resolveEndpoint } from "./src/transport/context.ts";
export {
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
  type SshEndpoint,
  type TcpEndpoint,
  type TlsFiles,
  type UnixEndpoint,
} from "./src/transport/endpoint.ts";
export { requiredPermissions } from "./src/transport/permissions.ts";
export type { CommandOptions } from "./src/show.ts";
export type { Winsize } from "./src/winsize.ts";
