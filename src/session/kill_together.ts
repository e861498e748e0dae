/**
 * Kills that are asked for at the same time, done together.
 *
 * Each takes an exec of its own, which looks at every process of the container: a hundred at once
 * would look a hundred times.
 *
 * @module
 */

/** Sends a signal to the processes of all these marks; resolves to the marks that had any. */
export type SendToAll = (marks: readonly string[]) => Promise<ReadonlySet<string>>;

/** The most marks in one command: its arguments must not become too long. */
const MOST = 1000;

/** Joins what is asked for while the like is under way into the next round. */
export class KillTogether {
  /** The newest round for each target. */
  #rounds = new Map<string, Round>();

  /**
   * Sends to the processes of a mark, with all others that wait for the same target.
   *
   * @param target tells what may be joined: the container, the user, and the signal
   * @param send does it for the whole round, where this is the first to ask for it
   * @returns whether the mark had processes
   */
  async ask(target: string, mark: string, send: SendToAll): Promise<boolean> {
    let round = this.#rounds.get(target);
    // Who asks twice means two signals.
    if (!round || round.begun || round.marks.has(mark) || round.marks.size === MOST) {
      round = new Round(send, round);
      this.#rounds.set(target, round);
    }
    round.marks.add(mark);
    try {
      return (await round.found).has(mark);
    } finally {
      if (this.#rounds.get(target) === round) this.#rounds.delete(target);
    }
  }
}

/** What is sent at once. */
class Round {
  readonly marks = new Set<string>();
  readonly found: Promise<ReadonlySet<string>>;
  begun = false;

  constructor(send: SendToAll, before: Round | undefined) {
    this.found = this.#begin(send, before);
  }

  async #begin(send: SendToAll, before: Round | undefined): Promise<ReadonlySet<string>> {
    await before?.found.catch(() => {});
    this.begun = true;
    return await send([...this.marks]);
  }
}
