/**
 * Recordings of terminals in the format asciicast v2: a header and an event a line, all in JSON.
 *
 * ```text
 * {"version":2,"width":80,"height":24,"timestamp":1700000000}
 * [0.25,"o","/ # "]        output
 * [1.5,"i","ls\r"]         input
 * [2,"r","100x30"]         a new size: columns and rows
 * [3,"m","exited 0"]       a marker
 * ```
 *
 * @module
 */
import type { Winsize } from "../winsize.ts";

/** What a recording begins with. */
export interface CastHeader {
  /** The terminal's size at the start. */
  size: Winsize;
  /** When it was made, in seconds since 1970. */
  timestamp: number;
  /** The command, as a person would write it. */
  command?: string;
  /** The type of the terminal. */
  term?: string;
}

/** The first line of a recording. */
export function castHeader({ size, timestamp, command, term }: CastHeader): string {
  return JSON.stringify({
    version: 2,
    width: size.columns,
    height: size.rows,
    timestamp: Math.floor(timestamp),
    command,
    env: term === undefined ? undefined : { TERM: term },
  }) + "\n";
}

/** What an event is of. */
export type CastEventCode = "o" | "i" | "r" | "m";

/** A line of a recording. */
export function castEvent(seconds: number, code: CastEventCode, data: string): string {
  return castEventStart(seconds, code) + JSON.stringify(data) + CAST_EVENT_END;
}

/** What stands before the data in the line of an event. */
export function castEventStart(seconds: number, code: CastEventCode): string {
  return `[${Number(seconds.toFixed(6))}, "${code}", `;
}

/** What stands behind the data in the line of an event. */
export const CAST_EVENT_END = "]\n";

/**
 * What JSON has in place of a byte: nothing else (0), a backslash and this letter, a backslash with
 * the byte's number (1), or what more than this byte decides (2).
 */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte > 0x7f) return 2;
  const json = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  return json.length === 1 ? 0 : json.length === 2 ? json.charCodeAt(1) : 1;
});
const [BACKSLASH, LETTER_R, LETTER_U, ZERO] = new TextEncoder().encode("\\ru0");
const HEX = new TextEncoder().encode("0123456789abcdef");
const [CARRIAGE_RETURN, LINE_FEED] = new TextEncoder().encode("\r\n");

/** So many bytes JSON may take for one: `\\u001b`. */
export const MOST_OF_JSON = 6;

/**
 * Writes ASCII as JSON has it within quotes, in a third of the time that strings take.
 *
 * @param bytes what to write
 * @param bare whether a line feed with no carriage return before it is given one
 * @param target where to; there is room for {@linkcode MOST_OF_JSON} times as much behind `at`
 * @param at the offset in it
 * @returns the offset behind what was written; null if there is a byte that is not ASCII
 */
export function writeAsciiAsJson(
  bytes: Uint8Array,
  bare: boolean,
  target: Uint8Array,
  at: number,
): number | null {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const escape = ESCAPES[byte];
    if (escape === 0) {
      target[at++] = byte;
      continue;
    }
    if (escape === 2) return null;
    if (bare && byte === LINE_FEED && bytes[i - 1] !== CARRIAGE_RETURN) {
      target[at++] = BACKSLASH;
      target[at++] = LETTER_R;
    }
    target[at++] = BACKSLASH;
    if (escape === 1) {
      target[at++] = LETTER_U;
      target[at++] = ZERO;
      target[at++] = ZERO;
      target[at++] = HEX[byte >> 4];
      target[at++] = HEX[byte & 15];
    } else target[at++] = escape;
  }
  return at;
}

/** The data of an event of a new size. */
export function castSize({ rows, columns }: Winsize): string {
  return `${columns}x${rows}`;
}
