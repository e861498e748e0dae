/**
 * A session from its opening to its end, at the terminal: checked before, recorded, and come back to
 * where its connection is lost.
 *
 * @module
 */
import { ConnectionLostError, NotTerminalError } from "./errors.ts";
import { reattach } from "./reattach.ts";
import { Client } from "./session/client.ts";
import type { ClientOptions } from "./session/connect.ts";
import { Recording } from "./session/record.ts";
import type { ExitStatus, Session } from "./session/session.ts";
import { parseDetachKeys } from "./stream/detach_keys.ts";
import { SYSTEM_TIMERS } from "./stream/detach_keys_stream.ts";
import { denoTerminal } from "./terminal/deno_terminal.ts";
import { type PresentOptions, presentWith, UnsentInput } from "./terminal/present.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What all sessions at a terminal take. */
export interface CommandOptions
  extends Omit<ClientOptions, "maxSessions">, Omit<PresentOptions, "repaint"> {
  /**
   * Whether what is typed or piped in goes to the process.
   *
   * @default {true}
   */
  interactive?: boolean;
  /**
   * Whether to attach again when the connection is lost while the container runs, with growing
   * pauses, for about two minutes. What was typed and could not be sent is sent then. An exec cannot
   * be attached to again.
   *
   * @default {false}
   */
  reconnect?: boolean;
  /**
   * A file to record the session to, as {@linkcode Session}s are by `record`. It must not be there.
   *
   * @default {no recording}
   */
  record?: string;
  /**
   * Whether what is typed is recorded too. It may hold passwords.
   *
   * @default {false}
   */
  recordInput?: boolean;
  /**
   * Whether a recording that is there is replaced.
   *
   * @default {false}
   */
  recordForce?: boolean;
  /**
   * Gives the session up when it aborts: the terminal is restored, and the call rejects with the
   * signal's reason. The process runs on.
   *
   * @default {undefined}
   */
  signal?: AbortSignal;
}

/** The local side of a session, checked. */
export interface Local {
  /** The terminal. */
  terminal: Terminal;
  /** Whether what is typed or piped in goes to the process. */
  interactive: boolean;
  /** Whether the process gets a terminal. */
  tty: boolean;
}

/** Finds what is wrong on this side before the engine is asked for anything. */
export function prepare(options: CommandOptions, wantedTty: boolean | undefined): Local {
  const { terminal = denoTerminal(), interactive = true, detachKeys = "" } = options;
  parseDetachKeys(detachKeys);
  const tty = wantedTty ?? (terminal.isTerminal("stdin") && terminal.isTerminal("stdout"));
  if (tty && interactive && !terminal.isTerminal("stdin")) {
    throw new NotTerminalError(
      "a terminal was asked for and the input device is not a TTY: leave -t out, or run it at a " +
        "terminal",
    );
  }
  options.signal?.throwIfAborted();
  return { terminal, interactive, tty };
}

/** What {@linkcode show} does with an engine's client. */
export interface Show {
  /** Opens the session. */
  open: (client: Client, stdin: "piped" | "null") => Promise<Session>;
  /** Whether the session is with a container's main process, to which another can be opened. */
  ofContainer: boolean;
  /** Whether a program that runs already is made to repaint its screen. */
  repaint?: boolean;
}

/** Opens a session and presents it, to its end. */
export async function show(
  { terminal, interactive }: Local,
  options: CommandOptions,
  { open, ofContainer, repaint = false }: Show,
): Promise<ExitStatus> {
  using recording = openRecording(options, terminal);
  const client = new Client(options);
  const stdin = interactive ? "piped" : "null";
  const unsent = new UnsentInput();
  let opened: Session | ExitStatus = await open(client, stdin);
  while (!("reason" in opened)) {
    await using session: Session = opened;
    const recorded = recording?.of(session) ?? session;
    try {
      return await presentWith(recorded, { ...options, terminal, repaint }, unsent);
    } catch (error) {
      if (!(error instanceof ConnectionLostError) || !options.reconnect || !ofContainer) {
        throw error;
      }
    }
    opened = await reattach({
      client,
      container: session.id,
      stdin,
      warn: (message) => terminal.warn(message),
      timers: options.timers ?? SYSTEM_TIMERS,
      signal: options.signal,
    });
    repaint = true;
  }
  return opened;
}

function openRecording(
  { record, recordInput, recordForce }: CommandOptions,
  terminal: Terminal,
): Recording | undefined {
  if (record === undefined) return undefined;
  return new Recording(record, {
    size: terminal.size() ?? undefined,
    input: recordInput,
    force: recordForce,
  });
}
