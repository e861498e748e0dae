/**
 * The modes that a program has put the terminal into, seen in its output, so that they can be taken
 * back when the program cannot do so itself: it runs on elsewhere, or it was killed.
 *
 * The sequences are those of xterm's `ctlseqs`, and of kitty's keyboard protocol.
 *
 * @module
 */
import { EscapeParser } from "./escape_parser.ts";
import { applySgr } from "./sgr.ts";

const ESC = "\x1b";
const CSI = "\x1b[";
const SEMICOLON = 0x3b;

/** The private modes that are off unless a program sets them: `CSI ? N h`. */
const OFF_BY_DEFAULT = new Set(
  [1, 5, 6, 9, 47, 66, 69, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 1049]
    .concat([2004, 2026, 2031, 2048]),
);
/** Those that are on: the end of a line wraps, and the cursor is seen. */
const ON_BY_DEFAULT = new Set([7, 25]);
/** The ones of them that show the alternate screen. Each of them ends all. */
const ALTERNATE = [47, 1047, 1049];
/** The keypad's mode, which has a sequence of its own, too. */
const KEYPAD = "?66";
/** Output is held back until it is whole. */
const SYNCHRONIZED = "?2026";

/** So deep are stacks that are kept; terminals' own are no deeper. */
const MAX_STACK = 32;

/** The finals of what is looked at, as bytes; most others move the cursor. */
const FINALS = new Uint8Array(128);
for (const final of "hlmpqrtu") FINALS[final.charCodeAt(0)] = 1;
const SGR = 0x6d; // m

/** A mode that a program has set: the sequence that it did so by, and the one that takes it back. */
interface Mode {
  on: string;
  off: string;
}

/** What each of the two screens has for itself. */
class Screen {
  /** The keyboard protocols that were pushed. */
  keyboards: string[] = [];
  /** The one that was set below them. */
  keyboard = "";
  /** The lines that scroll, where that is not all. */
  region = "";

  /** What takes it all back. The cursor of a screen that stays is put back where it was. */
  undo(stays: boolean): string {
    const region = this.region && (stays ? `${ESC}7${CSI}r${ESC}8` : `${CSI}r`);
    return region + (this.keyboards.length > 0 ? `${CSI}<${this.keyboards.length}u` : "") +
      (this.keyboard && `${CSI}=0;1u`);
  }

  /** What sets it again. */
  redo(stays: boolean): string {
    const region = stays ? this.region && `${ESC}7${this.region}${ESC}8` : this.region;
    return region + this.keyboard + this.keyboards.join("");
  }
}

/** Follows a program's output, and knows what it has switched on. */
export class TerminalModes {
  readonly #parser: EscapeParser = new EscapeParser({
    csi: (final, bytes, start, end) => this.#csi(final, bytes, start, end),
    esc: (bytes, start, end) => this.#esc(text(bytes, start, end)),
  });
  #modes = new Map<string, Mode>();
  #charsets = new Map<string, Mode>();
  /** A bit for each attribute of text that is on, and was when the cursor was saved. */
  #attributes = 0;
  #savedAttributes = 0;
  #titles: string[] = [];
  #main = new Screen();
  #alternate = new Screen();

  /** Takes what is about to be written to the terminal. */
  feed(bytes: Uint8Array): void {
    this.#parser.feed(bytes);
  }

  /** What takes back all that was switched on; empty where nothing was. */
  undo(): string {
    const alternate = this.#alternateMode();
    const modes = [...this.#modes].reverse();
    const others = modes.filter(([key, mode]) => mode !== alternate && key !== SYNCHRONIZED);
    return [
      // The terminal may be in the middle of a sequence, and would take this for its text.
      this.#parser.inSequence ? `${ESC}\\` : "",
      this.#modes.get(SYNCHRONIZED)?.off,
      this.#attributes !== 0 ? `${CSI}m` : "",
      ...[...this.#charsets.values()].map(({ off }) => off),
      alternate && this.#alternate.undo(false) + alternate.off,
      ...others.map(([, { off }]) => off),
      this.#main.undo(true),
      ...this.#titles.toReversed().map((which) => `${CSI}23${which}t`),
    ].join("");
  }

  /** What switches it on again, after {@linkcode undo}. */
  redo(): string {
    const alternate = this.#alternateMode();
    return [
      ...this.#titles.map((which) => `${CSI}22${which}t`),
      this.#main.redo(true),
      alternate && alternate.on + this.#alternate.redo(false),
      ...[...this.#modes.values()].filter((mode) => mode !== alternate).map(({ on }) => on),
      ...[...this.#charsets.values()].map(({ on }) => on),
    ].join("");
  }

  /** What comes next is another stream's: a sequence that was cut off does not go on in it. */
  beginStream(): void {
    this.#parser.reset();
  }

  #alternateMode(): Mode | undefined {
    return ALTERNATE.map((number) => this.#modes.get(`?${number}`)).find((mode) => mode);
  }

  #csi(final: number, bytes: Uint8Array, start: number, end: number): void {
    if (FINALS[final] === 0) return;
    // Attributes are as frequent as words; with a private mark it is something else.
    if (final === SGR && !(bytes[start] > SEMICOLON && start < end)) {
      this.#attributes = applySgr(this.#attributes, bytes, start, end);
    } else {
      this.#sequence(text(bytes, start, end), String.fromCharCode(final));
    }
  }

  #sequence(parameters: string, final: string): void {
    switch (final) {
      case "h":
      case "l":
        return this.#setModes(parameters, final === "h");
      case "m":
        return this.#setModifiers(parameters);
      case "u":
        return this.#setKeyboard(parameters);
      case "r":
        if (/^[\d;]*$/.test(parameters)) {
          const whole = /^[0;]*$/.test(parameters);
          this.#screen.region = whole ? "" : `${CSI}${parameters}r`;
        }
        return;
      case "q":
        if (/^\d* $/.test(parameters)) {
          this.#set("cursor", /[1-9]/.test(parameters), `${CSI}${parameters}q`, `${CSI}0 q`);
        }
        return;
      case "t":
        return this.#pushTitle(parameters);
      case "p":
        if (parameters === "!") this.#softReset();
    }
  }

  #esc(sequence: string): void {
    if (sequence === "=" || sequence === ">") {
      return this.#set(KEYPAD, sequence === "=", `${ESC}=`, `${ESC}>`);
    }
    if (sequence === "c") return this.#reset();
    if (sequence === "7") this.#savedAttributes = this.#attributes;
    if (sequence === "8") this.#attributes = this.#savedAttributes;
    const charset = /^([()*+])(.+)$/.exec(sequence);
    if (charset === null) return;
    const [, register, name] = charset;
    if (name === "B") return void this.#charsets.delete(register);
    // Another register than the first may be in use: back to that.
    const off = register === "(" ? `${ESC}(B` : `\x0f${ESC}${register}B`;
    this.#charsets.set(register, { on: ESC + sequence, off });
  }

  get #screen(): Screen {
    return this.#alternateMode() === undefined ? this.#main : this.#alternate;
  }

  #set(key: string, on: boolean, sequence: string, off: string): void {
    // Again at the end: what was set last is taken back first.
    this.#modes.delete(key);
    if (on) this.#modes.set(key, { on: sequence, off });
  }

  #setModes(parameters: string, on: boolean): void {
    if (parameters === "4" || parameters === "20") {
      return this.#set(parameters, on, `${CSI}${parameters}h`, `${CSI}${parameters}l`);
    }
    if (!parameters.startsWith("?")) return;
    for (const number of parameters.slice(1).split(";").map(Number)) {
      const [high, low] = [`${CSI}?${number}h`, `${CSI}?${number}l`];
      if (ALTERNATE.includes(number)) this.#showAlternate(number, on);
      else if (ON_BY_DEFAULT.has(number)) this.#set(`?${number}`, !on, low, high);
      else if (OFF_BY_DEFAULT.has(number)) {
        // The end of the origin mode moves the cursor to the top, amid what is shown there.
        const below = number === 6 ? `${CSI}999H` : "";
        this.#set(`?${number}`, on, high, low + below);
      }
    }
  }

  #showAlternate(number: number, on: boolean): void {
    if (on && this.#alternateMode() !== undefined) return;
    for (const other of ALTERNATE) this.#modes.delete(`?${other}`);
    if (on) this.#set(`?${number}`, true, `${CSI}?${number}h`, `${CSI}?${number}l`);
  }

  /** How keys with modifiers are told: `CSI > resource ; value m`. */
  #setModifiers(parameters: string): void {
    const modifiers = /^>(\d+)(;\d*)?$/.exec(parameters);
    if (modifiers === null) return;
    const [, resource, value = ""] = modifiers;
    const on = /[1-9]/.test(value);
    this.#set(`>${resource}`, on, `${CSI}${parameters}m`, `${CSI}>${resource}m`);
  }

  #setKeyboard(parameters: string): void {
    const screen = this.#screen;
    const [mark, rest] = [parameters[0], parameters.slice(1)];
    if (!/^[\d;]*$/.test(rest)) return;
    const sequence = `${CSI}${parameters}u`;
    if (mark === ">") {
      screen.keyboards = [...screen.keyboards, sequence].slice(-MAX_STACK);
    } else if (mark === "<") {
      screen.keyboards.length = Math.max(screen.keyboards.length - Number(rest || 1), 0);
    } else if (mark === "=" && screen.keyboards.length === 0) {
      screen.keyboard = /^0*(;1?)?$/.test(rest) ? "" : sequence;
    }
  }

  #pushTitle(parameters: string): void {
    const title = /^(2[23])((?:;\d*)*)$/.exec(parameters);
    if (title === null) return;
    if (title[1] === "22") this.#titles = [...this.#titles, title[2]].slice(-MAX_STACK);
    else this.#titles.pop();
  }

  #softReset(): void {
    this.#attributes = 0;
    this.#charsets.clear();
    this.#screen.region = "";
    for (const key of ["4", "?1", "?6", "?7", "?25", KEYPAD]) this.#modes.delete(key);
  }

  #reset(): void {
    this.#softReset();
    this.#modes.clear();
    this.#main = new Screen();
    this.#alternate = new Screen();
    this.#titles = [];
  }
}

/** Sequences are ASCII. */
function text(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
