/**
 * The size of a terminal.
 *
 * @module
 */

/** The size of a terminal in characters, as in `struct winsize` (`ioctl_tty(2)`). */
export interface Winsize {
  /** The number of lines. */
  rows: number;
  /** The number of characters in a line. */
  columns: number;
}
