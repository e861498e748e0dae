/**
 * Joins a session to a terminal.
 *
 * @module
 */
import { leave } from "../session/leave.ts";
import type { ExitStatus, Session } from "../session/session.ts";
import type { ShownOutput } from "../session/shown_output.ts";
import { DetachKeysDetector, parseDetachKeys } from "../stream/detach_keys.ts";
import { SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";
import { TerminalModes } from "../stream/terminal_modes.ts";
import { atMost } from "./at_most.ts";
import { denoTerminal } from "./deno_terminal.ts";
import { Hangup } from "./hangup.ts";
import { Hold } from "./hold.ts";
import { followJobControl, JOB_CONTROL_SIGNALS } from "./job_control.ts";
import { followSize, type SizeFollower } from "./resize.ts";
import { sendInput, UnsentInput } from "./send_input.ts";
import { forwardSignals, restoreOnSignals } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** How long output waits for the first size, in milliseconds. */
const FIRST_SIZE_TIME = 100;

/** Options of {@linkcode present}. */
export interface PresentOptions {
  /**
   * The keys that leave the process running, as {@linkcode parseDetachKeys} reads them. They work
   * where the process and stdin both have a terminal.
   *
   * @default {"ctrl-p,ctrl-q"}
   */
  detachKeys?: string;
  /**
   * Whether signals to this process are passed on to the one in the container. If not, they end
   * this process, with the terminal restored.
   *
   * @default {true; false for `attach` and `start` of a process with a terminal, without stdin}
   */
  signalProxy?: boolean;
  /**
   * Whether a program that runs already is made to repaint its screen.
   *
   * @default {false}
   */
  repaint?: boolean;
  /**
   * The terminal to join the session to.
   *
   * @default {the process's own}
   */
  terminal?: Terminal;
  /**
   * The clock that is waited by.
   *
   * @default {the system's}
   */
  timers?: Timers;
}

/**
 * Joins a session to the terminal until it ends: raw mode where both have a terminal, the window's
 * size now and at every change, what is typed or piped in, and stdout and stderr apart. The
 * terminal is restored on every way out.
 *
 * Needs no permission beside the session's own; see {@linkcode denoTerminal}.
 *
 * @example
 * ```ts
 * import { Client, present } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const session = await new Client().run("busybox", ["echo", "hello"], {
 *   network: "none",
 *   remove: true,
 * });
 * const status = await present(session, { detachKeys: "ctrl-a,d" });
 * assertEquals(status, { reason: "exited", code: 0 });
 * ```
 *
 * @param session the session; its streams must not be in use
 * @param options the keys and the terminal
 * @returns how the session ended
 * @throws {InvalidOptionError} if the detach keys are malformed
 * @throws {ConnectionError} if the connection to the engine was lost
 * @throws {TerminalInUseError} if another session of this process reads from the terminal
 * @throws {TerminalHangupError} if the terminal was hung up before the process ended
 * @throws {OutputError} if the output cannot be written
 * @throws {ProtocolError} if the engine's stream is malformed or cut short
 */
export async function present(
  session: Session,
  options: PresentOptions = {},
): Promise<ExitStatus> {
  const { terminal = denoTerminal() } = options;
  using _ = session.stdin === null ? undefined : terminal.claim?.();
  return await presentWith(session, { ...options, terminal }, new Kept());
}

/** What the next session with the same process goes on with. */
export class Kept {
  /** What was typed and could not be sent. */
  readonly unsent: UnsentInput = new UnsentInput();
  /** What the program has switched on in the terminal. */
  readonly modes: TerminalModes = new TerminalModes();
  /** What was shown, where the next session shows what is behind that. */
  readonly shown: ShownOutput | undefined;

  constructor(shown?: ShownOutput) {
    this.shown = shown;
  }
}

/** What {@linkcode presentWith} takes. */
export interface PresentWithOptions extends PresentOptions {
  /** Whether a hangup of the terminal leaves a process running that has one. */
  outlivesHangup?: boolean;
  /** Whether job control stops this process, and is not passed on, also where the terminal is not raw. */
  stopsHere?: boolean;
}

/** {@linkcode present}, of a terminal that is claimed, with what a session before has left. */
export async function presentWith(
  session: Session,
  options: PresentWithOptions,
  kept: Kept,
): Promise<ExitStatus> {
  const { terminal = denoTerminal(), timers = SYSTEM_TIMERS } = options;
  // Whoever only watches a terminal that others type at leaves it by ctrl-c, and does not end it.
  const watches = session.tty && session.stdin === null && options.outlivesHangup === true;
  const signalProxy = options.signalProxy ?? !watches;
  const raw = session.tty && session.stdin !== null && terminal.isTerminal("stdin");
  const shown = session.tty && terminal.isTerminal("stdout");
  const keys = parseDetachKeys(raw ? options.detachKeys ?? "" : "none");
  const hold = new Hold({ terminal, raw, modes: shown ? kept.modes : null, timers });
  const leaves = session.tty && (options.outlivesHangup ?? false);
  const hangup = new Hangup({ session, hold, timers, forwards: signalProxy && !leaves });
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    leave(session);
  };
  const warn = (message: string) => {
    try {
      terminal.warn(message);
    } catch (error) {
      fail(error);
    }
  };
  kept.modes.beginStream();
  using whole = new DisposableStack();
  const attached = new DisposableStack();
  let followsStops = false;
  const giveBack = async () => {
    // A stop in the middle of it would leave the terminal raw: it comes behind.
    let stopped = false;
    const later = new DisposableStack();
    if (followsStops && !attached.disposed) {
      later.use(terminal.onSignal("SIGTSTP", () => stopped = true));
    }
    try {
      attached.dispose();
    } finally {
      await hold.giveBack();
      later.dispose();
    }
    if (stopped) terminal.dieOf("SIGTSTP");
  };
  const dieOf = terminal.dieOf.bind(terminal);
  try {
    {
      await using _held = { [Symbol.asyncDispose]: giveBack };
      const onSignal = terminal.onSignal.bind(terminal);
      if (signalProxy) {
        const stopsHere = raw || options.stopsHere === true;
        const except: Deno.Signal[] = stopsHere ? [...JOB_CONTROL_SIGNALS] : [];
        if (leaves) {
          except.push("SIGHUP");
          whole.use(onSignal("SIGHUP", () => hangup.begin()));
        }
        whole.use(
          forwardSignals(session, { onSignal, warn, dieOf }, { restore: giveBack, except, timers }),
        );
      } else {
        whole.use(restoreOnSignals({ onSignal, dieOf }, giveBack));
      }
      if (raw || shown) whole.use(terminal.onExit?.(() => hold.lastWords()));
      let size: SizeFollower | undefined;
      // Before it is raw: at no moment may a stop leave it so.
      if (raw) {
        const repaint = () => size?.repaint();
        attached.use(followJobControl({ terminal, hold, repaint, timers }));
        followsStops = true;
      }
      hold.take();
      if (shown) {
        size = attached.use(followSize(session.resize.bind(session), {
          size: () => terminal.size(),
          onResize: (callback) => terminal.onResize(callback),
          warn,
        }, {
          repaint: options.repaint ?? false,
          pause: (milliseconds) =>
            new Promise<void>((resolve) => timers.set(resolve, milliseconds)),
        }));
      }
      if (session.stdin !== null) {
        const input = attached.use(terminal.openInput());
        const writer = session.stdin.getWriter();
        const detector = new DetachKeysDetector(keys);
        sendInput({
          session,
          writer,
          input,
          detector,
          timers,
          unsent: kept.unsent,
          isOver: () => attached.disposed,
          ended: () => {
            // In raw mode no key ends the input.
            if (raw) hangup.begin();
          },
        }).catch(fail);
      }
      // Nothing is shown before the process knows the size, so that no answer to what is shown can
      // come too early. (An engine may take long to answer for a process that it cannot start.)
      if (size !== undefined) await atMost(FIRST_SIZE_TIME, size.first, timers);
      try {
        await session.forward(kept.shown?.through(hold) ?? hold);
      } catch (error) {
        // From here on nobody is to be told a size.
        size?.[Symbol.dispose]();
        const failure = await hold.failure();
        if (failure === null) throw error;
        // A terminal that is hung up takes no output, and tells that by its input.
        if (!raw || !await hangup.noticed()) throw failure;
      }
    }
    if (failures.length > 0) throw failures[0];
    // From here on keys belong to whoever reads next; the process may take its time to end.
    return hangup.outcome(await session.status);
  } catch (error) {
    leave(session);
    throw error;
  }
}
