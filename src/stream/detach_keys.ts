/**
 * The key sequence that detaches: its syntax, and finding it in what is typed.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";
import { prefixFunction } from "./prefix_function.ts";

/** Docker's own sequence. */
export const DEFAULT_DETACH_KEYS = "ctrl-p,ctrl-q";

/** How long the beginning of the sequence is held back, in milliseconds. */
export const HOLD_TIME = 500;

/**
 * Reads a sequence of detach keys: keys with commas between them, each one character, `DEL`, or
 * `ctrl-` and one of `a`–`z`, `@`, `[`, `\`, `]`, `^`, `_`. An empty string means the default,
 * `ctrl-p,ctrl-q`; `none` means that no key detaches. The syntax is that of docker's
 * `--detach-keys`, and `none` is new here.
 *
 * @example
 * ```ts
 * import { parseDetachKeys } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDetachKeys("ctrl-a,d"), new Uint8Array([1, 100]));
 * assertEquals(parseDetachKeys("none"), new Uint8Array());
 * ```
 *
 * @param keys the sequence, as written
 * @returns the bytes that a terminal sends for it
 * @throws {InvalidOptionError} if a key is not known
 */
export function parseDetachKeys(keys: string): Uint8Array<ArrayBuffer> {
  if (keys === "none") return new Uint8Array();
  const bytes = (keys || DEFAULT_DETACH_KEYS).split(",").map(parseKey);
  if (bytes.includes(-1)) {
    throw new InvalidOptionError(
      `invalid detach keys (${keys}): expected keys with commas between them, each one character ` +
        `or ctrl- and one of a-z @ [ \\ ] ^ _, or none`,
    );
  }
  return new Uint8Array(bytes);
}

function parseKey(key: string): number {
  if (key === "DEL") return 127;
  if (/^[\0-\x7f]$/.test(key)) return key.charCodeAt(0);
  const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key);
  return control === null ? -1 : control[1].toUpperCase().charCodeAt(0) & 0x1f;
}

/** What {@linkcode DetachKeysDetector.feed} found. */
export interface Fed {
  /** What is to be sent on; the beginning of a sequence may be held back. */
  output: Uint8Array;
  /** Whether the sequence was completed. What was typed behind it is in no output. */
  detached: boolean;
}

/**
 * Finds the sequence in what is typed, byte by byte. A beginning of it is held back until it is
 * completed, contradicted or {@linkcode flush}ed; a key that contradicts it may begin it anew. One
 * that was flushed may still be completed, however slowly it is typed.
 */
export class DetachKeysDetector {
  #sequence: Uint8Array;
  /** For each matched length, the longest shorter beginning that the match ends with. */
  #fallback: number[];
  /** How much of the sequence has been typed. */
  #matched = 0;
  /** How much of that, at its end, is held back. */
  #held = 0;

  /** Looks for `sequence`; an empty one is never found. */
  constructor(sequence: Uint8Array) {
    this.#sequence = sequence;
    this.#fallback = prefixFunction(sequence);
  }

  /** Whether there is a sequence to look for. */
  get active(): boolean {
    return this.#sequence.length > 0;
  }

  /** Whether a beginning of the sequence is held back. */
  get holding(): boolean {
    return this.#held > 0;
  }

  /** Takes what was typed. */
  feed(chunk: Uint8Array): Fed {
    const sequence = this.#sequence;
    if (sequence.length === 0) return { output: chunk, detached: false };
    const held = this.#heldBytes();
    for (let index = 0; index < chunk.length; index++) {
      while (this.#matched > 0 && chunk[index] !== sequence[this.#matched]) {
        this.#matched = this.#fallback[this.#matched];
      }
      if (chunk[index] === sequence[this.#matched]) this.#matched++;
      if (this.#matched === sequence.length) {
        this.#matched = 0;
        this.#held = 0;
        const length = Math.max(held.length + index + 1 - sequence.length, 0);
        return { output: beginning(held, chunk, length), detached: true };
      }
    }
    // What is sent on is a beginning of what was held and the chunk, one behind the other.
    this.#held = Math.min(this.#matched, held.length + chunk.length);
    const length = held.length + chunk.length - this.#held;
    return { output: beginning(held, chunk, length), detached: false };
  }

  /** Gives up what is held back, so that it can be sent on. */
  flush(): Uint8Array {
    const held = this.#heldBytes();
    this.#held = 0;
    return held;
  }

  #heldBytes(): Uint8Array {
    return this.#sequence.subarray(this.#matched - this.#held, this.#matched);
  }
}

/** The first `length` bytes of `held` and `chunk`, one behind the other. */
function beginning(held: Uint8Array, chunk: Uint8Array, length: number): Uint8Array {
  if (held.length === 0) return chunk.subarray(0, length);
  if (length <= held.length) return held.subarray(0, length);
  const bytes = new Uint8Array(length);
  bytes.set(held);
  bytes.set(chunk.subarray(0, length - held.length), held.length);
  return bytes;
}
