/**
 * A session from its opening to its end, at the terminal: checked before, recorded, and come back to
 * where its connection is lost.
 *
 * @module
 */
import {
  ConnectionLostError,
  CutShortError,
  InterruptedError,
  InvalidOptionError,
  NotTerminalError,
} from "./errors.ts";
import { reattach } from "./reattach.ts";
import { Client } from "./session/client.ts";
import type { ClientOptions } from "./session/connect.ts";
import { Recording } from "./session/record.ts";
import type { ExitStatus, Session } from "./session/session.ts";
import { DetachKeysDetector, parseDetachKeys } from "./stream/detach_keys.ts";
import { SYSTEM_TIMERS } from "./stream/detach_keys_stream.ts";
import { denoTerminal } from "./terminal/deno_terminal.ts";
import { holdInput } from "./terminal/hold_input.ts";
import { Opening } from "./terminal/opening.ts";
import { Kept, type PresentOptions, presentWith } from "./terminal/present.ts";
import type { UnsentInput } from "./terminal/send_input.ts";
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
   * pauses, for about two minutes; ctrl-c and the detach keys give up. What is typed and could not
   * be sent is sent then, and a program with a terminal repaints its screen; what it writes in
   * between is in the container's log only. An exec cannot be attached to again.
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
  open: (client: Client, stdin: "piped" | "null", signal: AbortSignal) => Promise<Session>;
  /** Whether the session is with a container's main process, to which another can be opened. */
  ofContainer: boolean;
  /** Whether a program that runs already is made to repaint its screen. */
  repaint?: boolean;
  /** Whether a hangup of the terminal leaves a process running that has one. */
  outlivesHangup?: boolean;
}

/** Opens a session and presents it, to its end. */
export async function show(
  { terminal, interactive }: Local,
  options: CommandOptions,
  { open, ofContainer, repaint = false, outlivesHangup }: Show,
): Promise<ExitStatus> {
  if (options.reconnect && !ofContainer) {
    throw new InvalidOptionError("reconnect is not possible: an exec cannot be attached to again");
  }
  // Before anything is asked for: what could not be shown must not be started.
  using _claim = interactive ? terminal.claim?.() : undefined;
  using recording = openRecording(options, terminal);
  const client = new Client(options);
  const stdin = interactive ? "piped" : "null";
  const kept = new Kept();
  using opening = new Opening(terminal, options.signal);
  const first = opening.of(open(client, stdin, opening.signal));
  let opened: Session | ExitStatus = await endingBySignal(terminal, first);
  while (!("reason" in opened)) {
    await using session: Session = opened;
    const recorded = recording?.of(session) ?? session;
    try {
      const how = { ...options, terminal, repaint, outlivesHangup };
      const presented = presentWith(recorded, how, kept);
      // By now it listens itself, so that no signal falls between the two.
      opening[Symbol.dispose]();
      return await presented;
    } catch (error) {
      const lost = error instanceof ConnectionLostError || error instanceof CutShortError;
      if (!lost || !options.reconnect) throw error;
    }
    opened = await comeBack(client, session, terminal, options, kept.unsent);
    repaint = true;
  }
  return opened;
}

/** The end of a line on a raw terminal. */
const LINE_END = new TextEncoder().encode("\r\n");

/** Attaches to a session's container again; what is typed in between is not lost. */
async function comeBack(
  client: Client,
  session: Session,
  terminal: Terminal,
  options: CommandOptions,
  unsent: UnsentInput,
): Promise<Session | ExitStatus> {
  // The cursor stands wherever the container's program left it.
  if (session.tty && terminal.isTerminal("stderr")) await terminal.stderr.write(LINE_END);
  const left = new AbortController();
  let detached = false;
  const atTerminal = session.tty && session.stdin !== null && terminal.isTerminal("stdin");
  using _held = atTerminal
    ? holdInput(terminal, {
      unsent,
      detector: new DetachKeysDetector(parseDetachKeys(options.detachKeys ?? "")),
      detached: () => {
        detached = true;
        left.abort();
      },
      givenUp: () =>
        left.abort(
          new ConnectionLostError(
            "the connection to the engine was lost, and attaching again was given up; the process " +
              "in the container may still be running",
          ),
        ),
    })
    : undefined;
  try {
    const opened = await reattach({
      client,
      container: session.id,
      stdin: session.stdin === null ? "null" : "piped",
      warn: (message) => terminal.warn(message),
      timers: options.timers ?? SYSTEM_TIMERS,
      signal: AbortSignal.any([left.signal, ...options.signal ? [options.signal] : []]),
      giveUpBy: atTerminal ? "ctrl-c" : undefined,
    });
    if (!left.signal.aborted || "reason" in opened) return opened;
    await opened[Symbol.asyncDispose]();
    throw left.signal.reason;
  } catch (error) {
    if (detached) return { reason: "detached" };
    throw error;
  }
}

/** What an opening comes to; where a signal has ended it, that ends the process, too. */
async function endingBySignal<T>(terminal: Terminal, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    // Whoever is told of it puts his own things in order first.
    if (error instanceof InterruptedError) setTimeout(() => terminal.dieOf(error.signal), 0);
    throw error;
  }
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
