// The screen as it is on the server, for viewers who come later: a terminal without a display.
import type { Winsize } from "@dockerpty/dockerpty";
import serialize from "@xterm/addon-serialize";
import xterm from "@xterm/headless";
import { settings } from "./settings.ts";

/** Lines above the screen that are kept. */
const SCROLLBACK = 1000;

/** Modes that the serializer leaves out: the cursor shown, and how the mouse is told of. */
const CURSOR = 25, MOUSE_FORMATS = [1005, 1006, 1015, 1016];

export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #serializer = new serialize.SerializeAddon();
  readonly #modes = new Map<number, boolean>();
  #tail: Uint8Array = new Uint8Array();

  constructor({ rows, columns }: Winsize) {
    this.#terminal = new xterm.Terminal({
      rows,
      cols: columns,
      scrollback: SCROLLBACK,
      allowProposedApi: true,
    });
    // deno-lint-ignore no-explicit-any -- it is typed for the terminal with a display only
    this.#terminal.loadAddon(this.#serializer as any);
    this.#watchModes();
  }

  get size(): Winsize {
    return { rows: this.#terminal.rows, columns: this.#terminal.cols };
  }

  set size({ rows, columns }: Winsize) {
    this.#terminal.resize(columns, rows);
  }

  /** Takes output; `shown` is called in the very moment in which it is on the screen. */
  write(bytes: Uint8Array, shown: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.write(bytes, () => {
        this.#tail = incompleteTail(bytes, this.#tail);
        shown();
        resolve();
      });
    });
  }

  /**
   * Output that makes an empty terminal of the same size look like this one, and behave like it.
   *
   * Not kept are the colours and the character set of a saved cursor, national character sets,
   * protected cells, newline mode, and a synchronized update that is going on. Nor is, while a
   * full-screen program is shown, what was set before it, and that its own cursor is behind the last
   * column where it has set any of this.
   */
  snapshot(): Uint8Array {
    const modes = Array.from(this.#modes, ([mode, on]) => `\x1b[?${mode}${on ? "h" : "l"}`);
    const set = settings(this.#terminal, () => this.#cursorLine());
    const text = new TextEncoder().encode(this.#serializer.serialize() + set + modes.join(""));
    const bytes = new Uint8Array(text.length + this.#tail.length);
    bytes.set(text);
    bytes.set(this.#tail, text.length);
    return bytes;
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  #cursorLine(): string {
    const { type, baseY, cursorY } = this.#terminal.buffer.active;
    // The serializer knows parts of the other one only.
    if (type !== "normal") return "";
    const [start, end] = [baseY + cursorY, baseY + cursorY];
    const only = { excludeAltBuffer: true, excludeModes: true };
    return this.#serializer.serialize({ range: { start, end }, ...only });
  }

  #watchModes(): void {
    const { parser } = this.#terminal;
    for (const [final, on] of [["h", true], ["l", false]] as const) {
      parser.registerCsiHandler({ prefix: "?", final }, (params) => {
        for (const mode of params.flat()) {
          if (mode === CURSOR || MOUSE_FORMATS.includes(mode)) this.#modes.set(mode, on);
        }
        return false; // it is not dealt with: the terminal itself does that
      });
    }
    parser.registerEscHandler({ final: "c" }, () => (this.#modes.clear(), false));
  }
}

/**
 * What output ends with that is not whole: the beginning of an escape sequence or of a character.
 * A terminal that is shown only what comes after that would take the rest of it for text.
 */
export function incompleteTail(
  bytes: Uint8Array,
  before: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const start = bytes.length > 256 ? new Uint8Array() : before;
  const end = bytes.subarray(-256);
  const joined = new Uint8Array(start.length + end.length);
  joined.set(start);
  joined.set(end, start.length);
  const latin1 = Array.from(joined, (byte) => String.fromCharCode(byte)).join("");
  // An escape alone, a control sequence, a string such as a title, a character of 2, 3 or 4 bytes
  // deno-lint-ignore no-control-regex -- it is they that are looked for
  const sequence = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/;
  const character = /(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$/;
  const found = sequence.exec(latin1) ?? character.exec(latin1);
  return found === null || found[0].length > 4096 ? new Uint8Array() : joined.slice(found.index);
}
