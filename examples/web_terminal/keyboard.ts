// What is typed, on its way to the process: no more of it waits here than a page may send at once.
import type { Session } from "@dockerpty/dockerpty";

/** The bytes that may wait; pages send no more than half of that before they are told of it. */
const MOST = 128 * 1024;

export class Keyboard {
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #waiting = 0;

  constructor(session: Session) {
    this.#stdin = session.stdin?.getWriter();
    // That it is closed is told by the session's end.
    this.#stdin?.closed.catch(() => {});
  }

  /** The bytes that the process has not taken yet, whoever typed them. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Types something; false if that is too much. `taken` is called when the process has it. */
  type(bytes: Uint8Array, taken: () => void): boolean {
    if (this.#waiting + bytes.length > MOST) return false;
    this.#waiting += bytes.length;
    this.#write(bytes).finally(() => {
      this.#waiting -= bytes.length;
      taken();
    });
    return true;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#stdin?.write(bytes);
    } catch {
      // The process takes no more: it has ended, or is about to.
    }
  }
}
