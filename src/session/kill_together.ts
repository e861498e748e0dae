/**
 * Kills that are asked for at the same time, done together.
 *
 * Each takes an exec of its own, which looks at every process of the container: a hundred at once
 * would look a hundred times.
 *
 * @module
 */

/** One who asks for a kill. */
export interface Asker {
  /** By what the processes are found. */
  readonly mark: string;
  /** Whether the signal has reached what it was asked for. */
  readonly reached: boolean;
}

/** Does what all of these ask for, and says in each what came of it. */
export type ForAll<T> = (askers: readonly T[]) => Promise<void>;

/** The most marks in one command: its arguments must not become too long. */
const MOST = 1000;

/** Joins what is asked for while the like is under way into the next round. */
export class KillTogether<T extends Asker> {
  #groups = new Map<string, Group<T>>();

  /**
   * Takes part in all rounds of a target, also in those that others have asked for.
   *
   * @param target tells what may be joined: the container, the user, and the signal
   * @returns ends the part
   */
  enter(target: string, asker: T): Disposable {
    let group = this.#groups.get(target);
    if (!group) this.#groups.set(target, group = { askers: new Set(), round: undefined });
    group.askers.add(asker);
    return {
      [Symbol.dispose]: () => {
        group.askers.delete(asker);
        if (group.askers.size === 0) this.#groups.delete(target);
      },
    };
  }

  /**
   * A round that begins from now on and has this asker, who has entered.
   *
   * @param send does the whole round, where this is the first to ask for it
   */
  async round(target: string, asker: T, send: ForAll<T>): Promise<void> {
    const group = this.#groups.get(target)!;
    group.askers.add(asker);
    while (!asker.reached) {
      if (!group.round || group.round.begun) group.round = new Round(group, send);
      const { round } = group;
      await round.done;
      if (round.askers.includes(asker)) return;
    }
  }
}

/** Those who ask for the same, and the newest round for them. */
interface Group<T extends Asker> {
  readonly askers: Set<T>;
  round: Round<T> | undefined;
}

/** What is sent at once. */
class Round<T extends Asker> {
  readonly done: Promise<void>;
  askers: T[] = [];
  begun = false;

  constructor(group: Group<T>, send: ForAll<T>) {
    this.done = this.#begin(group, send, group.round);
  }

  async #begin(group: Group<T>, send: ForAll<T>, before: Round<T> | undefined): Promise<void> {
    await before?.done.catch(() => {});
    this.begun = true;
    const marks = new Map<string, T>();
    for (const asker of group.askers) {
      // Who asks twice means two signals.
      if (!asker.reached && !marks.has(asker.mark)) marks.set(asker.mark, asker);
      if (marks.size === MOST) break;
    }
    this.askers = [...marks.values()];
    try {
      if (this.askers.length > 0) await send(this.askers);
    } catch (error) {
      for (const asker of this.askers) group.askers.delete(asker);
      throw error;
    }
  }
}
