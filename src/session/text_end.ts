/**
 * The end of a text that grows, as much of it as is kept.
 *
 * @module
 */
import { concat } from "../stream/concat.ts";
import { formLength } from "../stream/log_text.ts";

/** How much is kept, at least, in bytes. */
export const KEPT = 64 * 1024;
const LF = 0x0a;

/** The end of a text, and where it begins. */
export class TextEnd {
  readonly bytes: Uint8Array;
  /** How much of its first line is in front of it. */
  readonly column: number;
  /** How long all of the text is in the form that a log's is compared in. */
  readonly total: number;

  constructor(bytes: Uint8Array = new Uint8Array(), column = 0, total = 0) {
    this.bytes = bytes;
    this.column = column;
    this.total = total;
  }

  /** The end of the text that more was put to. */
  with(more: Uint8Array): TextEnd {
    if (more.length === 0) return this;
    const over = Math.max(this.bytes.length + more.length - KEPT, 0);
    const kept = concat([this.bytes.subarray(over), more.subarray(-KEPT)]);
    const column = columnBehind(this.bytes.subarray(0, over), this.column);
    const left = more.subarray(0, Math.max(more.length - KEPT, 0));
    return new TextEnd(kept, columnBehind(left, column), this.total + this.#lengthWith(more));
  }

  /** How much longer the form gets. A U+FFFD may come in two pieces. */
  #lengthWith(more: Uint8Array): number {
    const seam = concat([this.bytes.subarray(-2), more.subarray(0, 2)]);
    return formLength(more) + formLength(seam) - seam.length;
  }
}

/** In which column of its line a text ends that begins in one. */
function columnBehind(text: Uint8Array, column: number): number {
  const line = text.lastIndexOf(LF) + 1;
  return formLength(text.subarray(line)) + (line > 0 ? 0 : column);
}
