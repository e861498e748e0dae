/**
 * A session from its opening to its end, at the terminal: checked before, recorded, and come back to
 * where its connection is lost.
 *
 * @module
 */
import { InterruptedError, NotTerminalError } from "./errors.ts";
import { checkOptions, requireNoReconnect } from "./session/check_options.ts";
import { Client } from "./session/client.ts";
import type { ClientOptions } from "./session/connect.ts";
import type { Recording } from "./session/record.ts";
import type { ExitStatus, Session } from "./session/session.ts";
import { SHOWN, type Shown } from "./session/shown_option.ts";
import { isLost } from "./session/status.ts";
import { parseDetachKeys } from "./stream/detach_keys.ts";
import { denoTerminal } from "./terminal/deno_terminal.ts";
import { Opening } from "./terminal/opening.ts";
import type { PresentOptions } from "./terminal/present.ts";
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
   * be sent is sent then, and a program with a terminal repaints its screen. What it has written in
   * between is taken from the container's log, in whole lines, where that can be read. An exec cannot be attached to again.
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
  checkOptions(options);
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
  open: (
    client: Client,
    given:
      & { stdin: "piped" | "null"; signal: AbortSignal; reconnect: false; dispose: "detach" }
      & Shown,
  ) => Promise<Session>;
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
  if (!ofContainer) requireNoReconnect(options);
  // Before anything is asked for: what could not be shown must not be started.
  using _claim = interactive ? terminal.claim?.() : undefined;
  using recording = await openRecording(options, terminal);
  const client = new Client(options);
  const stdin = interactive ? "piped" : "null";
  const shown = options.reconnect
    ? new (await import("./session/shown_output.ts")).ShownOutput()
    : undefined;
  using opening = new Opening(terminal, options.signal);
  const openAndLoad = async () => {
    const shared: Shown = shown ? { [SHOWN]: shown } : {};
    const session = await open(client, {
      stdin,
      signal: opening.signal,
      // Here the session is come back to, where what is typed meanwhile can be kept.
      reconnect: false,
      dispose: "detach",
      ...shared,
    });
    // Only now, while the engine is busy: what is loaded before keeps its work from beginning.
    const present = await import("./terminal/present.ts");
    const back = options.reconnect ? await import("./come_back.ts") : undefined;
    return { session, present, back };
  };
  const { session: first, present: { Kept, presentWith }, back } = await endingBySignal(
    terminal,
    opening.of(openAndLoad()),
  );
  let opened: Session | ExitStatus = first;
  const kept = new Kept(shown);
  while (!("reason" in opened)) {
    await using session: Session = opened;
    const recorded = recording?.of(session) ?? session;
    try {
      // Docker passes ctrl-z on to a container, and not to an exec.
      const how = { ...options, terminal, repaint, outlivesHangup, stopsHere: !ofContainer };
      const presented = presentWith(recorded, how, kept);
      // By now it listens itself, so that no signal falls between the two.
      opening[Symbol.dispose]();
      return await presented;
    } catch (error) {
      if (back === undefined || shown === undefined || !isLost(error)) throw error;
    }
    opened = await back.comeBack(client, session, terminal, options, {
      unsent: kept.unsent,
      shown,
    });
    repaint = true;
  }
  return opened;
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

async function openRecording(
  { record, recordInput, recordForce }: CommandOptions,
  terminal: Terminal,
): Promise<Recording | undefined> {
  if (record === undefined) return undefined;
  const { Recording } = await import("./session/record.ts");
  return new Recording(record, {
    size: terminal.size() ?? undefined,
    input: recordInput,
    force: recordForce,
  });
}
