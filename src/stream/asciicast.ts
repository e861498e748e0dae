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
  return `${start(seconds, code)}${JSON.stringify(data)}]\n`;
}

/** What stands before an event's data. */
function start(seconds: number, code: CastEventCode): string {
  return `[${Number(seconds.toFixed(6))}, "${code}", `;
}

/**
 * What JSON has in place of a byte: nothing else (0), a backslash and this letter, a backslash with
 * the byte's number (1), or what more than this byte decides (2).
 */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte > 0x7f) return 2;
  const json = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  return json.length === 1 ? 0 : json.length === 2 ? json.charCodeAt(1) : 1;
});
const encoder = new TextEncoder();
const [BACKSLASH, LETTER_R, LETTER_U, ZERO] = encoder.encode("\\ru0");
const HEX = encoder.encode("0123456789abcdef");
const [CARRIAGE_RETURN, LINE_FEED] = encoder.encode("\r\n");

/** The room that the line takes for so many bytes of output, at most: six for one, and the rest. */
export function longestBareEvent(length: number): number {
  return 6 * length + 64;
}

/**
 * Writes the line for output that no terminal has passed on: each line feed is given the carriage
 * return that it lacks. Where there are many, that is faster than by way of strings, which it is not
 * where nothing is put in between.
 *
 * @param bytes what was written
 * @param target where to: there is room for {@linkcode longestBareEvent}
 * @returns the line's length; null if there is a byte that is not ASCII
 */
export function writeBareEvent(
  seconds: number,
  code: CastEventCode,
  bytes: Uint8Array,
  target: Uint8Array,
): number | null {
  let at = encoder.encodeInto(`${start(seconds, code)}"`, target).written;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const escape = ESCAPES[byte];
    if (escape === 0) {
      target[at++] = byte;
      continue;
    }
    if (escape === 2) return null;
    if (byte === LINE_FEED && bytes[i - 1] !== CARRIAGE_RETURN) {
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
  return at + encoder.encodeInto(`"]\n`, target.subarray(at)).written;
}

/** The data of an event of a new size. */
export function castSize({ rows, columns }: Winsize): string {
  return `${columns}x${rows}`;
}
