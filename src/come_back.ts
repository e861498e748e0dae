/**
 * Coming back to a session whose connection was lost, at the terminal.
 *
 * @module
 */
import { ConnectionLostError } from "./errors.ts";
import type { Client } from "./session/client.ts";
import type { SessionOptions } from "./session/options.ts";
import { reattach } from "./session/reattach.ts";
import type { ExitStatus, Session } from "./session/session.ts";
import { SHOWN, type Shown } from "./session/shown_option.ts";
import type { ShownOutput } from "./session/shown_output.ts";
import { DetachKeysDetector, parseDetachKeys } from "./stream/detach_keys.ts";
import { SYSTEM_TIMERS } from "./stream/timers.ts";
import { holdInput } from "./terminal/hold_input.ts";
import type { PresentOptions } from "./terminal/present.ts";
import type { UnsentInput } from "./terminal/send_input.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** The end of a line on a raw terminal. */
const LINE_END = new TextEncoder().encode("\r\n");

/** What the user must know: lost output must not look complete. A log has lines once they are whole. */
const FOUND = "what was written meanwhile is from the container's log, in whole lines";
const MISSING = "what the process wrote meanwhile may be missing here (docker logs may have it)";

const GIVEN_UP = "attaching again was given up; the process in the container may still be running";

/** What {@linkcode comeBack} takes. */
export interface ComeBackOptions extends Pick<PresentOptions, "detachKeys" | "timers"> {
  /** Gives up when it aborts. */
  signal?: AbortSignal;
}

/** What a session has left for the next one. */
export interface ToComeBack {
  /** What was typed and could not be sent. */
  unsent: UnsentInput;
  /** What was shown. */
  shown: ShownOutput;
}

/** Attaches to a session's container again; what is typed in between is not lost. */
export async function comeBack(
  client: Client,
  session: Session,
  terminal: Terminal,
  options: ComeBackOptions,
  { unsent, shown }: ToComeBack,
): Promise<Session | ExitStatus> {
  shown.onMissing = () => terminal.warn(MISSING);
  // The cursor stands wherever the container's program left it.
  if (session.tty && terminal.isTerminal("stderr")) await terminal.stderr.write(LINE_END);
  const { timers = SYSTEM_TIMERS } = options;
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
      leaving: () => terminal.warn(GIVEN_UP),
      givenUp: () =>
        left.abort(
          new ConnectionLostError(`the connection to the engine was lost, and ${GIVEN_UP}`),
        ),
      timers,
    })
    : undefined;
  try {
    const how = atTerminal ? " (ctrl-c gives up)" : "";
    terminal.warn(`the connection to the engine was lost; attaching again${how}`);
    const opened = await reattach({
      attach: (signal) => {
        const given: SessionOptions & Shown = {
          stdin: session.stdin === null ? "null" : "piped",
          signal,
          [SHOWN]: shown,
        };
        return client.attach(session.id, given);
      },
      container: session.id,
      timers,
      signal: AbortSignal.any([left.signal, ...options.signal ? [options.signal] : []]),
    });
    const what = shown.isOver ? "the container has ended in between" : "attached again";
    terminal.warn(`${what}; ${shown.isMissing ? MISSING : FOUND}`);
    if (!left.signal.aborted) return opened;
    await opened[Symbol.asyncDispose]();
    throw left.signal.reason;
  } catch (error) {
    if (detached) return { reason: "detached" };
    throw error;
  }
}
