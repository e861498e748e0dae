/** Numbers that look random and come again with the same seed. */
export class Random {
  /** What the numbers are made from: a failing test says it. */
  readonly seed: number;
  #state: number;

  constructor(seed: number = crypto.getRandomValues(new Uint32Array(1))[0]) {
    this.seed = seed;
    this.#state = seed;
  }

  /** A whole number from 0 to `limit` - 1 (mulberry32). */
  below(limit: number): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) % limit;
  }

  /** A list of up to `most` bytes, each below `limit`. */
  bytes(most: number, limit = 256): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(limit));
  }

  /** Cuts `whole` into pieces at random places. */
  pieces(whole: Uint8Array): Uint8Array[] {
    const pieces = [];
    for (let at = 0; at < whole.length;) {
      const end = at + 1 + this.below(whole.length - at);
      pieces.push(whole.slice(at, end));
      at = end;
    }
    return pieces;
  }
}
