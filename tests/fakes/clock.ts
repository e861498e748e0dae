import type { Timers } from "../../src/stream/timers.ts";

interface Alarm {
  time: number;
  callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Timers {
  /** The time now, in milliseconds. */
  now = 0;
  /** Every delay that was asked for, in that order. */
  readonly delays: number[] = [];
  #alarms = new Set<Alarm>();

  /** How many calls are to come. */
  get pending(): number {
    return this.#alarms.size;
  }

  set = (callback: () => void, delay: number): unknown => {
    const alarm = { time: this.now + delay, callback };
    this.delays.push(delay);
    this.#alarms.add(alarm);
    return alarm;
  };

  clear = (timer: unknown): void => {
    this.#alarms.delete(timer as Alarm);
  };

  /** Lets time pass; calls back what falls due, in its order. */
  advance(milliseconds: number): void {
    this.now += milliseconds;
    const due = [...this.#alarms].filter(({ time }) => time <= this.now);
    for (const alarm of due.sort((a, b) => a.time - b.time)) {
      if (this.#alarms.delete(alarm)) alarm.callback();
    }
  }
}
