/**
 * Keeping the engine's own detach keys out of the way.
 *
 * The engine looks for its keys in whatever is typed on a terminal, `ctrl-p,ctrl-q` if it is given
 * none, and holds ctrl-p back until the next key. This package finds the keys on this side (see
 * stream/detach_keys.ts), so the engine is given ones that nobody types.
 *
 * @module
 */

/**
 * For an attach, percent-encoded by hand: the byte 0xff, which is in no UTF-8 text, many times over.
 * Only a query can hold such a byte.
 */
export const ATTACH_DETACH_KEYS = Array(32).fill("%FF").join("%2C");

/**
 * For an exec, in whose JSON only ASCII characters make a key: ctrl-^, many times over. The engine
 * holds back a single one until the next key is typed.
 */
export const EXEC_DETACH_KEYS = Array(64).fill("ctrl-^").join(",");
