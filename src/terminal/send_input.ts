/**
 * What is typed, on its way to the process.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import type { Session } from "../session/session.ts";
import { type DetachKeysDetector, HOLD_TIME } from "../stream/detach_keys.ts";
import type { Timers } from "../stream/timers.ts";
import { atMost } from "./at_most.ts";
import type { TerminalInput } from "./terminal.ts";

/** How many bytes of what is typed may be on their way, while the detach keys are looked for. */
const MAX_SENDING = 64 * 1024;

/** What was typed and could not be sent, so that the next session with the same process gets it. */
export class UnsentInput {
  #chunks: Uint8Array[] = [];

  /** Keeps bytes; a copy, because the reader's buffer is used again. */
  keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes.slice());
  }

  /** Gives up all that is kept. */
  take(): Uint8Array {
    return concat(this.#chunks.splice(0));
  }
}

/** What {@linkcode sendInput} takes. */
export interface SendInputParts {
  /** Where it goes. */
  session: Pick<Session, "detach">;
  /** The session's stdin. */
  writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Where it comes from. */
  input: TerminalInput;
  /** Looks for the detach keys. */
  detector: DetachKeysDetector;
  /** The clock that is waited by. */
  timers: Timers;
  /** What goes first; and keeps what cannot be sent. */
  unsent: UnsentInput;
  /** Whether nobody reads it any more, which ends it, too. */
  isOver: () => boolean;
  /** Is called when it has ended by itself. */
  ended: () => void;
}

/**
 * Sends what is typed until its end, the detach keys, or the session's end. Never throws for the
 * session's part: its output tells how that came.
 */
export async function sendInput(
  { session, writer, input, detector, timers, unsent, isOver, ended }: SendInputParts,
): Promise<void> {
  let timer: unknown;
  let sending = 0;
  let refused = false;
  const send = async (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    sending += bytes.length;
    try {
      await writer.write(bytes);
    } catch {
      unsent.keep(bytes);
      refused = true;
    } finally {
      sending -= bytes.length;
    }
  };
  /** A process that does not read must not keep the keys from being seen that leave it. */
  const sendAhead = async (sent: Promise<void>) => {
    if (!detector.active || sending >= MAX_SENDING) await sent;
  };
  try {
    await sendAhead(send(unsent.take()));
    for (let typed; !refused && (typed = await input.read()) !== null;) {
      timers.clear(timer);
      const { output, detached } = detector.feed(typed);
      const sent = send(detector.active ? output.slice() : output);
      if (detached) {
        await atMost(HOLD_TIME, sent, timers);
        return session.detach();
      }
      await sendAhead(sent);
      if (detector.holding) timer = timers.set(() => send(detector.flush()), HOLD_TIME);
    }
    timers.clear(timer);
    const ends = !refused && !isOver();
    if (ends) ended();
    // Where it cannot be sent either, it is kept behind what was typed before it.
    await send(detector.flush());
    if (ends) await writer.close().catch(() => {});
  } finally {
    timers.clear(timer);
  }
}
