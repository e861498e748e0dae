/**
 * Prints the news of a pull as docker's command line does.
 *
 * At a terminal each layer has a line, which is drawn again in place: up to it, cleared, and back
 * down. Elsewhere there is a line for each change of a layer's state, and none for mere numbers.
 *
 * @module
 */
import type { PullProgress, PullProgressDetail } from "../engine/images.ts";
import type { Winsize } from "../winsize.ts";

/** Where and how {@linkcode pullPrinter} prints. */
export interface PullPrinterOptions {
  /** What is printed on. */
  stderr: { writeSync(bytes: Uint8Array): number };
  /** Whether that is a terminal. */
  isTerminal: boolean;
  /** The terminal's size now; null where it is not known. */
  size: () => Winsize | null;
  /** Whether nothing is printed at all. */
  quiet: boolean;
  /** How many cells a text takes. */
  width: (text: string) => number;
}

const DEFAULT_SIZE: Winsize = { rows: 24, columns: 80 };

/** The cells of a bar, where there is room. */
const BAR_CELLS = 50;
/** The cells that a line takes beside its bar: a layer's id, what happens, and the numbers. */
const TEXT_CELLS = 48;
/** A bar of fewer cells tells nothing. */
const LEAST_BAR_CELLS = 10;

/** Prints each piece of news that it is called with. */
export function pullPrinter(
  { stderr, isTerminal, size, quiet, width }: PullPrinterOptions,
): (progress: PullProgress) => void {
  if (quiet) return () => {};
  const display = isTerminal ? terminalDisplay(() => size() ?? DEFAULT_SIZE, width) : plainDisplay;
  const encoder = new TextEncoder();
  return (progress) => {
    const bytes = encoder.encode(display(printable(progress)));
    try {
      for (let at = 0; at < bytes.length;) at += stderr.writeSync(bytes.subarray(at));
    } catch {
      // Whoever read it is gone. The container is not to go without its image for that.
    }
  };
}

function plainDisplay({ id, status, progressDetail }: PullProgress): string {
  return amount(progressDetail) === "" ? `${prefix(id)}${status}\n` : "";
}

/** The lines of the layers, as they stand above the cursor. */
function terminalDisplay(
  size: () => Winsize,
  width: PullPrinterOptions["width"],
): (progress: PullProgress) => string {
  const lines = new Map<string, number>();
  return ({ id, status, progressDetail }) => {
    if (id === undefined || progressDetail === undefined) {
      // The lines above this one are history.
      lines.clear();
      return `${prefix(id)}${status}\n`;
    }
    const newLine = lines.has(id) ? "" : "\n";
    if (newLine) lines.set(id, lines.size);
    const { rows, columns } = size();
    const up = lines.size - lines.get(id)!;
    // One that has left the screen at the top is out of the cursor's reach.
    if (up >= rows) return newLine;
    const parts = [bar(progressDetail, columns), amount(progressDetail)].filter(Boolean);
    const line = clip(`${prefix(id)}${status} ${parts.join(" ")}`, columns, width);
    return `${newLine}\x1b[${up}A\x1b[2K\r${line}\r\x1b[${up}B`;
  };
}

function prefix(id: string | undefined): string {
  return id === undefined ? "" : `${id}: `;
}

/** Docker draws its bar from 111 columns on only; a shorter one is better than none. */
function bar({ current = 0, total = 0 }: PullProgressDetail, columns: number): string {
  const cells = Math.min(BAR_CELLS, columns - TEXT_CELLS);
  if (total <= 0 || cells < LEAST_BAR_CELLS) return "";
  const percent = Math.min(Math.floor(current / total * 100), 100);
  const done = Math.floor(percent * cells / 100);
  return `[${"=".repeat(done)}>${" ".repeat(cells - done)}]`;
}

/** How far a layer has come, in numbers; nothing where nothing is counted. */
function amount(
  { current = 0, total = 0, units, hidecounts = false }: PullProgressDetail = {},
): string {
  if (current <= 0 && total <= 0) return "";
  const known = total > 0 && current <= total;
  if (units) return `${current}${known ? `/${total}` : ""} ${units}`;
  if (hidecounts && total > 0) return "";
  return humanSize(current).padStart(8) + (known ? `/${humanSize(total)}` : "");
}

/** A size as docker writes it: `1.234MB`. */
function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${Number(bytes.toPrecision(4))}${units[unit]}`;
}

/** The part of a line that fits: a longer one would wrap, and the next redrawing miss it. */
function clip(line: string, columns: number, width: PullPrinterOptions["width"]): string {
  let cells = 0;
  let clipped = "";
  for (const character of line) {
    cells += width(character);
    if (cells > columns) break;
    clipped += character;
  }
  return clipped;
}

/** Without what would move the cursor: a registry's words are anybody's. */
function printable({ id, status, progressDetail }: PullProgress): PullProgress {
  const counts = progressDetail && {
    current: number(progressDetail.current),
    total: number(progressDetail.total),
    units: progressDetail.units === undefined ? undefined : plain(progressDetail.units),
    hidecounts: progressDetail.hidecounts === true,
  };
  return { id: id && plain(id), status: plain(status), progressDetail: counts };
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function plain(text: unknown): string {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
}
