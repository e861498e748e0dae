// What a terminal was set to and its serializer leaves out. xterm.js tells it by no API: this reads
// what it keeps for itself, as the version that is pinned has it.
import type { Terminal } from "@xterm/headless";

interface Buffer {
  x: number;
  y: number;
  ybase: number;
  scrollTop: number;
  scrollBottom: number;
  savedX: number;
  savedY: number;
  tabs: Record<number, boolean | undefined>;
}

interface Core {
  buffers: { active: Buffer };
  _charsetService: { glevel: number; _charsets: (Record<string, string> | undefined)[] };
}

/** Shifts into each of the four character sets, and what one is designated by. */
const SHIFTS = ["", "\x0e", "\x1bn", "\x1bo"], DESIGNATORS = ["(", ")", "*", "+"];

/**
 * Output that sets a terminal as this one is set, which shows the same and is as new otherwise.
 *
 * @param line output that shows the cursor's line, or nothing where that cannot be told
 */
export function settings(terminal: Terminal, line: () => string): string {
  const { buffers: { active }, _charsetService } = (terminal as unknown as { _core: Core })._core;
  const { cols, rows, modes: { originMode } } = terminal;
  const text = tabs(active, cols) + region(active, rows) + savedCursor(active);
  const moved = originMode ? `\x1b[?6l${text}\x1b[?6h` : text;
  return moved + (moved && cursor(active, cols, originMode, line)) + charsets(_charsetService);
}

function at(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

function tabs({ tabs }: Buffer, columns: number): string {
  const all = Array.from({ length: columns }, (_, x) => x);
  if (all.every((x) => Boolean(tabs[x]) === (x % 8 === 0))) return "";
  return "\x1b[3g" + all.filter((x) => tabs[x]).map((x) => `${at(x, 0)}\x1bH`).join("");
}

function region({ scrollTop, scrollBottom }: Buffer, rows: number): string {
  if (scrollTop === 0 && scrollBottom === rows - 1) return "";
  return `\x1b[${scrollTop + 1};${scrollBottom + 1}r`;
}

function savedCursor({ savedX, savedY, ybase }: Buffer): string {
  const y = Math.max(savedY - ybase, 0);
  return savedX === 0 && y === 0 ? "" : `${at(savedX, y)}\x1b7`;
}

/** Where the cursor is; behind the last column it is only once that has been written. */
function cursor(
  { x, y, scrollTop }: Buffer,
  columns: number,
  originMode: boolean,
  line: () => string,
): string {
  const row = originMode ? y - scrollTop : y;
  const written = x < columns ? "" : line();
  return written ? `${at(0, row)}\x1b[m${written}` : at(Math.min(x, columns - 1), row);
}

/** Only that of lines and corners: nobody uses the national ones any more. */
function charsets({ glevel, _charsets }: Core["_charsetService"]): string {
  const designated = DESIGNATORS.map((designator, index) =>
    _charsets[index]?.q === "─" ? `\x1b${designator}0` : ""
  );
  return designated.join("") + SHIFTS[glevel];
}
