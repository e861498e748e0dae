/**
 * Sizes in bytes: `512m`, `1.5g`, `64KiB`.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

const UNITS = "kmgtp";
const PATTERN = /^(\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?(?:b|([kmgtp])(?:i?b)?)?$/i;

/** Reads a size; units are powers of 1024, in either case. */
export function parseSize(value: string): number {
  const [, number, unit] = PATTERN.exec(value) ?? [];
  const power = unit === undefined ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.trunc(Number(number) * 1024 ** power);
  if (number === undefined || !Number.isSafeInteger(bytes)) {
    throw new ValueError("expected a size such as 512m or 2g (b, k, m, g)");
  }
  return bytes;
}

/** Reads a size, or -1 for none. */
export function parseSizeOrUnlimited(value: string): number {
  if (value === "-1") return -1;
  try {
    return parseSize(value);
  } catch {
    throw new ValueError("expected a size such as 512m or 2g, or -1 for no limit");
  }
}
