/**
 * Takes the control sequences out of a terminal's output, however it is cut into pieces.
 *
 * What no sequence comes of is text, and nothing of it is lost: bytes are only held back while they
 * can still become one.
 *
 * @module
 */
import { EscapeParser, STRINGS } from "./escape_parser.ts";

const ESC = 0x1b;
const CAN = 0x18;
const SUB = 0x1a;
const LF = 0x0a;
const CR = 0x0d;
/** `P`: a device control string, such as an image, may have line ends in it. */
const DEVICE_CONTROL = 0x50;
/** `k`: the title of a window of screen or tmux. */
const TITLE = 0x6b;

/** So much is held back at most: a longer string may as well be one that nobody ends. */
const MAX_HELD = 4096;

/** Gives what it is given without the sequences. */
export class EscapeFilter {
  readonly #parser = new EscapeParser({ csi() {}, esc() {} }, [...STRINGS, TITLE]);
  /** What has come of a sequence that is not whole yet. */
  readonly #held = new Uint8Array(MAX_HELD);
  #length = 0;

  /** Takes what passes, and returns the text in it. */
  take(bytes: Uint8Array): Uint8Array {
    if (!this.#parser.inSequence && !bytes.includes(ESC)) return bytes;
    const text = new Uint8Array(this.#length + bytes.length);
    let count = 0;
    const give = (part: Uint8Array) => {
      text.set(part, count);
      count += part.length;
    };
    for (let index = 0; index < bytes.length;) {
      if (!this.#parser.inSequence) {
        const found = bytes.indexOf(ESC, index);
        const next = found === -1 ? bytes.length : found;
        give(bytes.subarray(index, next));
        if (found === -1) break;
        index = next;
      }
      const isText = this.#next(bytes[index]);
      if (this.#isNone(bytes[index])) give(this.end());
      if (isText) text[count++] = bytes[index];
      index++;
    }
    return text.subarray(0, count);
  }

  /** The output has ended, or no sequence comes of what is held: returns that. */
  end(): Uint8Array {
    const held = this.#held.subarray(0, this.#length);
    this.#length = 0;
    this.#parser.reset();
    return held;
  }

  /** Takes an escape or a byte behind it; whether that is text. */
  #next(byte: number): boolean {
    const { inString } = this.#parser;
    this.#parser.next(byte);
    // A sequence is broken off by another one.
    if (byte === ESC) this.#length = 0;
    const isText = !inString && isNoPart(byte);
    if (!isText) this.#held[this.#length++] = byte;
    // It is whole, or was broken off; if by a byte that cannot be in one, then it was none.
    if (!this.#parser.inSequence && !isText) this.#length = 0;
    return isText;
  }

  /** Whether what is held comes to nothing: by the byte that came last, or as it is too long. */
  #isNone(byte: number): boolean {
    if (this.#length === 0) return false;
    if (!this.#parser.inSequence || this.#length === MAX_HELD) return true;
    // Titles and the like have no line ends: that one was not ended.
    return (byte === LF || byte === CR) && this.#parser.inString &&
      this.#held[1] !== DEVICE_CONTROL;
  }
}

/** Whether a byte is in no sequence but a string: controls are acted upon all the same. */
function isNoPart(byte: number): boolean {
  return byte !== ESC && byte !== CAN && byte !== SUB && (byte < 0x20 || byte >= 0x7f);
}
