/**
 * Finds control sequences in a terminal's output, however it is cut into pieces.
 *
 * The states are those of ECMA-48 and of the DEC terminals' parsers, without the eight-bit controls,
 * which are no controls in UTF-8.
 *
 * @module
 */

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const DEL = 0x7f;
const LEFT_BRACKET = 0x5b;

/** `P`, `]`, `X`, `^` and `_`: what begins a string, in which no control is. */
export const STRINGS: readonly number[] = [0x50, 0x5d, 0x58, 0x5e, 0x5f];

/** A sequence with more in it is nobody's, and is passed over. */
const MAX_LENGTH = 256;

/** Where in a sequence the output is; `string` is in the text of one. */
type State = "ground" | "escape" | "csi" | "string";

/** What is told of the sequences: what each holds is in `bytes`, from `start` to `end`. */
export interface EscapeHandler {
  /** A control sequence, `ESC [`: what is between that and the final byte, and that. */
  csi(final: number, bytes: Uint8Array, start: number, end: number): void;
  /** Another escape sequence: intermediates and the final byte, such as `=`, `(0` or `c`. */
  esc(bytes: Uint8Array, start: number, end: number): void;
}

/** Finds the sequences in what passes. Text costs no more than a search for the next escape. */
export class EscapeParser {
  #handler: EscapeHandler;
  #strings: readonly number[];
  #state: State = "ground";
  /** What has come of a sequence that is not whole yet. */
  #collected = new Uint8Array(MAX_LENGTH);
  #length = 0;

  /** @param strings what begins a string behind the escape */
  constructor(handler: EscapeHandler, strings: readonly number[] = STRINGS) {
    this.#handler = handler;
    this.#strings = strings;
  }

  /** Whether what has passed ends in the middle of a sequence. */
  get inSequence(): boolean {
    return this.#state !== "ground";
  }

  /** Whether that is the text of a string. */
  get inString(): boolean {
    return this.#state === "string";
  }

  /** Forgets the beginning of a sequence that will not go on. */
  reset(): void {
    this.#enter("ground");
  }

  /** Takes what passes. */
  feed(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length;) {
      if (this.#state === "ground") {
        index = bytes.indexOf(ESC, index) + 1;
        if (index === 0) return;
        index = this.#wholeSequence(bytes, index);
      } else {
        this.next(bytes[index++]);
      }
    }
  }

  /** Takes one byte that passes: an escape, or one in a sequence. */
  next(byte: number): void {
    if (byte === ESC) return this.#enter("escape");
    if (byte === CAN || byte === SUB) return this.#enter("ground");
    // The other end of a string, ESC \, is an escape sequence by itself.
    if (this.#state === "string") return byte === BEL ? this.#enter("ground") : undefined;
    // Other controls are acted upon in the middle of a sequence, which goes on.
    if (byte < 0x20 || byte === DEL) return;
    if (this.#state === "escape") this.#inEscape(byte);
    else this.#inCsi(byte);
  }

  /** Takes a control sequence that nothing cuts or interrupts: nearly all are like that. */
  #wholeSequence(bytes: Uint8Array, index: number): number {
    if (bytes[index] === LEFT_BRACKET) {
      const start = index + 1;
      let end = start;
      while (bytes[end] >= 0x20 && bytes[end] < 0x40) end++;
      const final = bytes[end];
      if (final >= 0x40 && final < DEL && end - start <= MAX_LENGTH) {
        this.#handler.csi(final, bytes, start, end);
        return end + 1;
      }
    }
    this.#enter("escape");
    return index;
  }

  #enter(state: State): void {
    this.#state = state;
    this.#length = 0;
  }

  #inEscape(byte: number): void {
    if (this.#length === 0 && byte === LEFT_BRACKET) return this.#enter("csi");
    if (this.#length === 0 && this.#strings.includes(byte)) return this.#enter("string");
    this.#collect(byte);
    if (byte < 0x30) return;
    const length = this.#length;
    this.#enter("ground");
    // A byte that cannot be in a sequence ends it, and is text.
    if (byte < DEL && length <= MAX_LENGTH) this.#handler.esc(this.#collected, 0, length);
  }

  #inCsi(byte: number): void {
    if (byte < 0x40) return this.#collect(byte);
    const length = this.#length;
    this.#enter("ground");
    if (byte < DEL && length <= MAX_LENGTH) this.#handler.csi(byte, this.#collected, 0, length);
  }

  /** Keeps a byte; of one that is too many, that it was there. */
  #collect(byte: number): void {
    if (this.#length < MAX_LENGTH) this.#collected[this.#length] = byte;
    if (this.#length <= MAX_LENGTH) this.#length++;
  }
}
