/**
 * What callers give, checked before the engine is asked for anything: programs may be written without
 * types, and the engine takes some of what is wrong for something else.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";
import type { Winsize } from "../winsize.ts";

/** Whether a value will do, and what would. */
type Check = readonly [expected: string, holds: (value: unknown) => boolean];

const isString = (value: unknown) => typeof value === "string";
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);
const isObject = (value: unknown) => typeof value === "object" && value !== null;

const TEXT: Check = ["a text", isString];
const TEXTS: Check = ["a list of texts", isStrings];
const FLAG: Check = ["true or false", (value) => typeof value === "boolean"];
const CALLBACK: Check = ["a function", (value) => typeof value === "function"];
const OBJECT: Check = ["an object", (value) => isObject(value) && !Array.isArray(value)];

function oneOf(...values: string[]): Check {
  return [
    values.join(", ").replace(/, (\w+)$/, " or $1"),
    (value) => values.includes(value as string),
  ];
}

/** The options of sessions, by their names. */
const CHECKS: Record<string, Check> = {
  stdin: oneOf("piped", "null"),
  stdout: oneOf("piped", "inherit", "null"),
  stderr: oneOf("piped", "inherit", "null"),
  signal: ["an AbortSignal", (value) => value instanceof AbortSignal],
  tty: FLAG,
  size: ["rows and columns, whole numbers, 1–65535", isSize],
  env: [
    "an object of texts, or a list of NAME=value",
    (value) => isStrings(value) || isObject(value) && Object.values(value!).every(isString),
  ],
  workdir: TEXT,
  user: TEXT,
  privileged: FLAG,
  name: TEXT,
  entrypoint: ["a text or a list of texts", (value) => isString(value) || isStrings(value)],
  volumes: TEXTS,
  network: TEXT,
  logDriver: TEXT,
  remove: FLAG,
  pull: oneOf("always", "missing", "never"),
  platform: TEXT,
  create: OBJECT,
  auth: OBJECT,
  onPull: CALLBACK,
  onCreated: CALLBACK,
  onStartFailure: CALLBACK,
};

/** What may hold a secret, also where it is of the wrong kind. */
const SECRET: ReadonlySet<string> = new Set(["auth", "create", "env"]);

/**
 * Checks the options of a session; those that are not known are passed over.
 *
 * @throws {InvalidOptionError} if one cannot be used
 */
export function checkOptions(options: object): void {
  check("options", options, OBJECT);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && Object.hasOwn(CHECKS, name)) check(name, value, CHECKS[name]);
  }
}

/**
 * Checks the words of a command.
 *
 * @throws {InvalidOptionError} if they are none
 */
export function checkCommand(command: readonly string[]): void {
  check("command", command, TEXTS);
  if (command.some((word) => word.includes("\0"))) {
    throw new InvalidOptionError("invalid command: a word of it has a NUL character");
  }
}

/**
 * Checks the name of a container or an image.
 *
 * @throws {InvalidOptionError} if it is no text, or empty
 */
export function checkName(what: string, name: string): void {
  check(what, name, ["a name", (value) => isString(value) && value !== ""]);
}

/**
 * Checks the size of a terminal.
 *
 * @throws {InvalidOptionError} if there is none of that size
 */
export function checkSize(size: Winsize): void {
  check("size", size, OBJECT);
  for (const name of ["rows", "columns"] as const) {
    check(name, size[name], ["a whole number, 1–65535", isExtent]);
  }
}

/**
 * Checks a number that must not be negative.
 *
 * @throws {InvalidOptionError} if it is none
 */
export function checkAmount(name: string, value: number | undefined): void {
  if (value === undefined) return;
  const holds = () => typeof value === "number" && value >= 0;
  check(name, value, ["a number, 0 or more", holds]);
}

/** What the system's timers can wait for at most, in milliseconds: 24 days. */
export const LONGEST_TIME = 2 ** 31 - 1;

/**
 * Checks the name of a signal.
 *
 * @throws {InvalidOptionError} if there is no such signal
 */
export function checkSignal(signal: Deno.Signal): void {
  check("signal", signal, ["a name such as SIGTERM", (value) => SIGNALS.has(value as string)]);
}

/** Throws that a value is not what it should be. */
function check(name: string, value: unknown, [expected, holds]: Check): void {
  if (holds(value)) return;
  const plain = !SECRET.has(name) && (typeof value !== "object" || name === "size");
  const given = plain ? ` (${typeof value === "object" ? JSON.stringify(value) : value})` : "";
  throw new InvalidOptionError(`invalid ${name}${given}: expected ${expected}`);
}

function isExtent(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
}

function isSize(value: unknown): boolean {
  return isObject(value) && isExtent((value as Winsize).rows) &&
    isExtent((value as Winsize).columns);
}

/** The signals of Linux, which is what containers run on. */
const SIGNALS: ReadonlySet<string> = new Set(
  ("ABRT ALRM BUS CHLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS " +
    "TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ").split(" ").map((name) =>
      `SIG${name}`
    ),
);
