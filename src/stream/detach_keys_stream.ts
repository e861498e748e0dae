/**
 * The detach keys on a Web Stream.
 *
 * @module
 */
import { DetachKeysDetector, HOLD_TIME, parseDetachKeys } from "./detach_keys.ts";
import { SYSTEM_TIMERS, type Timers } from "./timers.ts";

/** Options of a {@linkcode DetachKeysStream}. */
export interface DetachKeysStreamOptions {
  /**
   * How long a beginning of the sequence is held back before it is sent on, in milliseconds.
   *
   * @default {500}
   */
  holdTime?: number;
  /**
   * The clock that is waited by.
   *
   * @default {the system's}
   */
  timers?: Timers;
}

/**
 * Passes on what is typed until the detach keys are, then ends. A beginning of the sequence is held
 * back for half a second at most; one that repeats (`^P^P^Q`) or is typed slowly is still found.
 *
 * @example
 * ```ts
 * import { DetachKeysStream } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new DetachKeysStream("ctrl-p,ctrl-q");
 * const typed = new TextEncoder().encode("ls\n\x10\x11");
 * const sent = await new Response(ReadableStream.from([typed]).pipeThrough(keys)).text();
 * assertEquals(sent, "ls\n");
 * assertEquals(keys.detached, true);
 * ```
 */
export class DetachKeysStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  #state: { detached: boolean };

  /**
   * Looks for a sequence.
   *
   * @param keys the sequence, as {@linkcode parseDetachKeys} reads it
   * @param options the time that keys are held back
   * @throws {InvalidOptionError} if a key is not known
   */
  constructor(keys: string = "", options: DetachKeysStreamOptions = {}) {
    const { holdTime = HOLD_TIME, timers = SYSTEM_TIMERS } = options;
    const detector = new DetachKeysDetector(parseDetachKeys(keys));
    const state = { detached: false };
    let timer: unknown;
    const release = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
      const held = detector.flush().slice();
      if (held.length > 0) controller.enqueue(held);
    };
    super({
      transform(chunk, controller): void {
        timers.clear(timer);
        const { output, detached } = detector.feed(chunk);
        if (output.length > 0) controller.enqueue(output.slice());
        if (detached) {
          state.detached = true;
          controller.terminate();
        } else if (detector.holding) {
          timer = timers.set(() => release(controller), holdTime);
        }
      },
      flush(controller): void {
        timers.clear(timer);
        release(controller);
      },
      cancel(): void {
        timers.clear(timer);
      },
    });
    this.#state = state;
  }

  /** Whether the sequence was typed. */
  get detached(): boolean {
    return this.#state.detached;
  }
}
