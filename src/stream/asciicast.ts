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
  return castEventStart(seconds, code) + JSON.stringify(data).slice(1, -1) + CAST_EVENT_END;
}

/** A line of a recording, up to its data: those stand between the two as in a JSON string. */
export function castEventStart(seconds: number, code: CastEventCode): string {
  return `[${Number(seconds.toFixed(6))}, "${code}", "`;
}

/** See {@linkcode castEventStart}. */
export const CAST_EVENT_END = '"]\n';

/** The data of an event of a new size. */
export function castSize({ rows, columns }: Winsize): string {
  return `${columns}x${rows}`;
}
