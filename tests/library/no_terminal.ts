/** A terminal that is none: what is shown there is lost, and nothing is typed. */
import type { Sink, Terminal } from "@dockerpty/dockerpty";

/** Takes what is written, and forgets it. */
export const sink: Sink = { write: () => {} };

export const noTerminal: Terminal = {
  stdout: sink,
  stderr: sink,
  isTerminal: () => false,
  size: () => null,
  setRaw: () => ({ [Symbol.dispose]: () => {} }),
  openInput: () => ({ read: () => Promise.resolve(null), [Symbol.dispose]: () => {} }),
  onResize: () => ({ [Symbol.dispose]: () => {} }),
  onSignal: () => ({ [Symbol.dispose]: () => {} }),
  dieOf: () => {},
  warn: () => {},
};
