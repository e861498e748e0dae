/**
 * Joins a session to a terminal.
 *
 * @module
 */
import type { ExitStatus, Session } from "../session/session.ts";
import { DetachKeysDetector, HOLD_TIME, parseDetachKeys } from "../stream/detach_keys.ts";
import { SYSTEM_TIMERS, type Timers } from "../stream/detach_keys_stream.ts";
import { denoTerminal } from "./deno_terminal.ts";
import { followSize } from "./resize.ts";
import { forwardSignals, restoreOnSignals } from "./signals.ts";
import type { Terminal, TerminalInput } from "./terminal.ts";

/** How many bytes of what is typed may be on their way, while the detach keys are looked for. */
const MAX_SENDING = 64 * 1024;

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
   * @default {true}
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
 * @throws {ProtocolError} if the engine's stream is malformed or cut short
 */
export async function present(
  session: Session,
  options: PresentOptions = {},
): Promise<ExitStatus> {
  return await presentWith(session, options, new UnsentInput());
}

/** What was typed and could not be sent, so that the next session with the same process gets it. */
export class UnsentInput {
  #chunks: Uint8Array[] = [];

  /** Keeps bytes; a copy, because the reader's buffer is used again. */
  keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes.slice());
  }

  /** Gives up all that is kept. */
  take(): Uint8Array {
    const chunks = this.#chunks.splice(0);
    const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }
}

/** {@linkcode present}, beginning with what a session before could not send. */
export async function presentWith(
  session: Session,
  options: PresentOptions,
  unsent: UnsentInput,
): Promise<ExitStatus> {
  const { terminal = denoTerminal(), timers = SYSTEM_TIMERS, signalProxy = true } = options;
  const raw = session.tty && session.stdin !== null && terminal.isTerminal("stdin");
  const keys = parseDetachKeys(raw ? options.detachKeys ?? "" : "none");
  using whole = new DisposableStack();
  {
    using attached = new DisposableStack();
    whole.use(
      signalProxy
        ? forwardSignals(session, terminal, () => attached.dispose())
        : restoreOnSignals(terminal, () => attached.dispose()),
    );
    if (raw) attached.use(terminal.setRaw());
    let sized = Promise.resolve();
    if (session.tty && terminal.isTerminal("stdout")) {
      const pause = (milliseconds: number) =>
        new Promise<void>((resolve) => timers.set(resolve, milliseconds));
      const resize = session.resize.bind(session);
      const repaint = options.repaint ?? false;
      ({ first: sized } = whole.use(followSize(resize, terminal, { repaint, pause })));
    }
    if (session.stdin !== null) {
      const input = attached.use(terminal.openInput());
      const writer = session.stdin.getWriter();
      sendInput(session, writer, input, new DetachKeysDetector(keys), timers, unsent);
    }
    // Nothing is shown before the process knows the size, so that no answer to what is shown can
    // come too early. (An engine may take long to answer for a process that it cannot start.)
    await atMost(FIRST_SIZE_TIME, sized, timers);
    try {
      await session.forward(terminal);
    } catch (error) {
      session.detach();
      throw error;
    }
  }
  // From here on keys belong to whoever reads next; the process may take its time to end.
  return await session.status;
}

/** Sends what is typed until its end, the detach keys, or the session's end. */
async function sendInput(
  session: Session,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  input: TerminalInput,
  detector: DetachKeysDetector,
  timers: Timers,
  unsent: UnsentInput,
): Promise<void> {
  let timer: unknown;
  let sending = 0;
  const send = async (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    sending += bytes.length;
    try {
      await writer.write(bytes);
    } catch (error) {
      unsent.keep(bytes);
      throw error;
    } finally {
      sending -= bytes.length;
    }
  };
  /** A process that does not read must not keep the keys from being seen that leave it. */
  const sendAhead = async (sent: Promise<void>) => {
    if (detector.active && sending < MAX_SENDING) sent.catch(() => {});
    else await sent;
  };
  try {
    await sendAhead(send(unsent.take()));
    for (let typed; (typed = await input.read()) !== null;) {
      timers.clear(timer);
      const { output, detached } = detector.feed(typed);
      const sent = send(detector.active ? output.slice() : output);
      if (detached) {
        await atMost(HOLD_TIME, sent, timers);
        return session.detach();
      }
      await sendAhead(sent);
      if (detector.holding) {
        timer = timers.set(() => send(detector.flush()).catch(() => {}), HOLD_TIME);
      }
    }
    timers.clear(timer);
    await send(detector.flush());
    await writer.close();
  } catch {
    // The process reads no more: the output tells how that came.
    unsent.keep(detector.flush());
  } finally {
    timers.clear(timer);
  }
}

/** Waits for a promise, for so many milliseconds at most. */
async function atMost(milliseconds: number, promise: Promise<void>, timers: Timers): Promise<void> {
  const expired = Promise.withResolvers<void>();
  const timer = timers.set(expired.resolve, milliseconds);
  try {
    await Promise.race([promise, expired.promise]);
  } finally {
    timers.clear(timer);
  }
}
