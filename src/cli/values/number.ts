/**
 * Numbers as docker's flags take them.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

/** Makes a reader of whole numbers between two bounds: decimal, or `0x10`, `0b1`, `0o7` and `07`. */
export function integer(
  least = Number.MIN_SAFE_INTEGER,
  most = Number.MAX_SAFE_INTEGER,
): (value: string) => number {
  return (value) => {
    const number = readInteger(value);
    if (number >= least && number <= most) return number;
    const bounds = least > Number.MIN_SAFE_INTEGER
      ? most < Number.MAX_SAFE_INTEGER ? ` from ${least} to ${most}` : ` of at least ${least}`
      : "";
    throw new ValueError(`expected a whole number${bounds}`);
  };
}

function readInteger(value: string): number {
  const [, sign, digits] = /^([+-]?)(0x[\da-f]+|0b[01]+|0o[0-7]+|\d+)$/i.exec(value) ?? [];
  if (digits === undefined) return NaN;
  const octal = /^0[0-7]+$/.test(digits);
  if (!octal && /^0\d/.test(digits)) return NaN;
  const number = octal ? parseInt(digits, 8) : Number(digits);
  return sign === "-" && number !== 0 ? -number : number;
}

/** What the engine's integers hold. */
const MAX_NANO = 2n ** 63n - 1024n;

/** Reads a number of CPUs, such as `1.5` or `1/2`, as thousand millionths of one. */
export function parseCpus(value: string): number {
  const nano = readNano(value);
  if (nano === undefined || nano > MAX_NANO) {
    throw new ValueError("expected a number of CPUs such as 1.5, to nine decimals at most");
  }
  return Number(nano);
}

/** The value in thousand millionths; undefined if it is no number, or finer than that. */
function readNano(value: string): bigint | undefined {
  const [, above, below] = /^\+?(\d+)\/(\d+)$/.exec(value) ?? [];
  if (above !== undefined) {
    const divisor = BigInt(below);
    const scaled = BigInt(above) * 1_000_000_000n;
    return divisor === 0n || scaled % divisor !== 0n ? undefined : scaled / divisor;
  }
  const [, whole, fraction = "", exponent = "0"] =
    /^\+?(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(value) ?? [];
  if (whole === undefined || whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  const power = Number(exponent) - fraction.length + 9;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return digits % divisor === 0n ? digits / divisor : undefined;
}
