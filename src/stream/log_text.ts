/**
 * How a text that was shown is found in a container's log.
 *
 * A log of JSON, Docker's default, has U+FFFD in place of each byte that is not UTF-8: there a text is
 * compared as that log would have it. A log without U+FFFD is compared as it is.
 *
 * @module
 */
import { concat } from "./concat.ts";
import { agreesFrom } from "./prefix_function.ts";
import { countReplaced, hasReplaced, isReplaced } from "./replaced.ts";

/** A line that is longer is in the log in pieces: a character across two of them is no UTF-8 in either. */
export const LONGEST_LINE = 16 * 1024;
const LF = 0x0a;
/** What stands in a form for a byte that is not UTF-8, or was not: it is in no character. */
const REPLACED = 0xff;

/** A log, and texts in a form in which they are equal to what it has of them. */
export class LogText {
  readonly bytes: Uint8Array;
  /** The log's own form. Places are those in it. */
  readonly form: Uint8Array;
  #asItIs: boolean;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#asItIs = !hasReplaced(bytes);
    this.form = this.formOf(bytes);
  }

  /** The form of a text that begins in this column of its line. */
  formOf(text: Uint8Array, column = 0): Uint8Array {
    return this.#asItIs ? text : formOf(text, column);
  }

  /**
   * The forms that a text's end may have in the log: a character that has only begun may be whole there,
   * and one that the text begins within is left out.
   */
  formsOfEnd(text: Uint8Array, column = 0): Uint8Array[] {
    if (this.#asItIs) return [text];
    const from = cutAtStart(text);
    const to = text.length - begunAtEnd(text);
    const form = formOf(text.subarray(from, to), column + from);
    if (to === text.length) return [form];
    const begun = text.subarray(to);
    return [concat([form, begun]), concat([form, begun.slice().fill(REPLACED)])];
  }

  /**
   * Where the log begins to agree with a text that may begin within a line, as far as both go.
   *
   * @returns undefined if there is no such place
   */
  agreesFrom(text: Uint8Array): number | undefined {
    const end = this.#asItIs ? text.length : text.length - begunAtEnd(text);
    const at = agreesFrom(this.form, this.formOf(text.subarray(0, end)));
    if (at < this.form.length) return at;
    if (this.#asItIs) return undefined;
    return this.#agreesBehindCut(text.subarray(0, end)) ??
      this.#agreesBehindLine(text.subarray(0, end));
  }

  /** The same behind what may be a character's end. */
  #agreesBehindCut(text: Uint8Array): number | undefined {
    const cut = cutAtStart(text);
    if (cut === 0) return undefined;
    const at = agreesFrom(this.form, formOf(text.subarray(cut), cut));
    const isCut = at < this.form.length && at >= cut &&
      this.form.subarray(at - cut, at).every((byte) => byte >= 0x80);
    return isCut ? at - cut : undefined;
  }

  /** The same by the lines behind the first: that one is cut wherever its beginning tells. */
  #agreesBehindLine(text: Uint8Array): number | undefined {
    const end = text.indexOf(LF) + 1;
    if (end === 0) return undefined;
    const at = agreesFrom(this.form, formOf(text.subarray(end), 0));
    if (at === this.form.length || at === 0) return undefined;
    const line = this.form.subarray(at < 2 ? 0 : this.form.lastIndexOf(LF, at - 2) + 1, at);
    const first = text.subarray(0, end);
    return this.endsWith(line, first) ? at - formLength(first) : undefined;
  }

  /** Whether the form of a whole line, or of its beginning, ends with a text. */
  endsWith(line: Uint8Array, text: Uint8Array): boolean {
    // No form is shorter. It takes no time where many lines are.
    if (line.length * 3 < text.length) return false;
    const rest = this.#asItIs ? text : text.subarray(cutAtStart(text));
    // Where it begins tells where the line is cut.
    const column = line.length - this.lengthOf(rest);
    return column >= 0 && endsWith(line, this.formOf(rest, column));
  }

  /** How long the form of a text is. */
  lengthOf(text: Uint8Array): number {
    return this.#asItIs ? text.length : formLength(text);
  }

  /** How many of the log's bytes are in front of a place. */
  upTo(place: number): number {
    if (this.#asItIs) return place;
    let at = 0;
    for (let left = place; left > 0; left--) at += isReplaced(this.bytes, at) ? 3 : 1;
    return at;
  }
}

/** How long a text's form is, where it is not the text itself. */
export function formLength(text: Uint8Array): number {
  return text.length - 2 * countReplaced(text);
}

/** A text as a log of JSON has it, with a byte in place of each U+FFFD. */
function formOf(text: Uint8Array, column: number): Uint8Array {
  if (text.every((byte) => byte < 0x80)) return text;
  const form = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length;) {
    const replaced = isReplaced(text, at);
    const size = replaced ? 0 : characterAt(text, at);
    const isKept = size > 0 && column % LONGEST_LINE + size <= LONGEST_LINE;
    const end = length + Math.max(size, 1);
    column = text[at] === LF ? 0 : column + end - length;
    if (isKept) { while (length < end) form[length++] = text[at++]; }
    else {
      form.fill(REPLACED, length, end);
      at += replaced ? 3 : end - length;
      length = end;
    }
  }
  return form.subarray(0, length);
}

/** How many bytes the character has that is there; 0 where there is none. */
function characterAt(text: Uint8Array, at: number): number {
  const size = sizeOf(text[at]);
  for (let index = 1; index < size; index++) if (!goesOn(text, at, index)) return 0;
  return size;
}

/** How many bytes a character has that begins so; 0 where none does. */
function sizeOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The least second byte of characters that begin so, where it is not 0x80. */
const LEAST: Record<number, number> = { 0xe0: 0xa0, 0xf0: 0x90 };
/** The greatest, where it is not 0xbf. */
const GREATEST: Record<number, number> = { 0xed: 0x9f, 0xf4: 0x8f };

/** Whether the byte belongs to the character that begins there. */
function goesOn(text: Uint8Array, at: number, index: number): boolean {
  const byte = text[at + index];
  if (index > 1) return byte >= 0x80 && byte <= 0xbf;
  return byte >= (LEAST[text[at]] ?? 0x80) && byte <= (GREATEST[text[at]] ?? 0xbf);
}

/** How many bytes at a text's beginning may belong to a character that has begun before. */
export function cutAtStart(text: Uint8Array): number {
  let at = 0;
  while (at < 3 && (text[at] & 0xc0) === 0x80) at++;
  return at;
}

/** How many bytes at a text's end a character has that is not whole. */
export function begunAtEnd(text: Uint8Array): number {
  for (let count = 1; count <= 3 && count <= text.length; count++) {
    const at = text.length - count;
    if (sizeOf(text[at]) <= count) continue;
    for (let index = 1; index < count; index++) if (!goesOn(text, at, index)) return 0;
    return count;
  }
  return 0;
}

/** Whether bytes are the end of others. */
export function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  const from = whole.length - end.length;
  return from >= 0 && end.every((byte, index) => byte === whole[from + index]);
}
