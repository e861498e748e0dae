/**
 * What a container's log has in place of bytes that are not UTF-8.
 *
 * Docker's json-file driver, the default, stores JSON: each such byte comes back as U+FFFD.
 *
 * @module
 */

/** Whether U+FFFD is there. Its first byte is in no other place of a character. */
export function isReplaced(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
}

/** How many U+FFFD there are. */
export function countReplaced(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
    if (isReplaced(bytes, at)) count++;
  }
  return count;
}

/** Whether there is any. */
export function hasReplaced(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
    if (isReplaced(bytes, at)) return true;
  }
  return false;
}
