/**
 * What callers give, checked before the engine is asked for anything: programs may be written without
 * types, and the engine takes some of what is wrong for something else.
 *
 * @module
 */
import { closest } from "../closest.ts";
import { InvalidOptionError } from "../errors.ts";
import type { Winsize } from "../winsize.ts";
import type { ReconnectOptions } from "./options.ts";
import type { Session, Sink } from "./session.ts";

/** Whether a value will do, and what would. */
type Check = readonly [expected: string, holds: (value: unknown) => boolean];

const isString = (value: unknown) => typeof value === "string";
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);
const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isFunction = (value: unknown) => typeof value === "function";
const isPlain = (value: unknown) => isObject(value) && !Array.isArray(value);

const TEXT: Check = ["a text", isString];
const TEXTS: Check = ["a list of texts", isStrings];
const FLAG: Check = ["true or false", (value) => typeof value === "boolean"];
const AMOUNT: Check = ["a number, 0 or more", isAmount];
const CALLBACK: Check = ["a function", isFunction];
const OBJECT: Check = ["an object", isPlain];
const SIGNAL: Check = ["an AbortSignal", (value) => value instanceof AbortSignal];
const SIZE: Check = ["rows and columns, whole numbers, 1–65535", isSize];

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
  dispose: oneOf("detach", "kill"),
  signal: SIGNAL,
  tty: FLAG,
  size: SIZE,
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
  create: [
    "an object, with one as its HostConfig",
    (value) => isPlain(value) && isPlain((value as { HostConfig?: unknown }).HostConfig ?? {}),
  ],
  auth: ["an object with username and password, identityToken or registryToken", isAuth],
  onPull: CALLBACK,
  onCreated: CALLBACK,
  onStartFailure: CALLBACK,
  reconnect: FLAG,
  onReconnect: CALLBACK,
  // Of sessions at a terminal.
  interactive: FLAG,
  signalProxy: FLAG,
  detachKeys: TEXT,
  record: TEXT,
  recordInput: FLAG,
  recordForce: FLAG,
};

/** The other options that go with those, which are checked where they are used. */
const OTHERS: readonly string[] = [
  ...["tail", "terminal", "timers", "repaint"],
  // A client's, which the sessions at a terminal make.
  ...["endpoint", "apiVersion", "timeout", "maxSessions", "dial"],
];

/** The options of recordings. */
const RECORD_CHECKS: Record<string, Check> = {
  size: SIZE,
  input: FLAG,
  force: FLAG,
  command: TEXT,
  now: CALLBACK,
};

/** The options of {@linkcode capture} that can be looked at by themselves. */
const CAPTURE_CHECKS: Record<string, Check> = {
  limit: AMOUNT,
  overflow: oneOf("error", "truncate"),
  timeout: AMOUNT,
  signal: SIGNAL,
};

/** The options of an {@linkcode Expect}, and of its waiting. */
const EXPECT_READER_CHECKS: Record<string, Check> = { escapes: FLAG };
const EXPECT_CHECKS: Record<string, Check> = { timeout: AMOUNT };

/** The options of clients that are checked before the first session. */
const CLIENT_CHECKS: Record<string, Check> = { dial: CALLBACK };

/** What may hold a secret, also where it is of the wrong kind. */
const SECRET: ReadonlySet<string> = new Set(["auth", "create", "env"]);

/**
 * Checks the options of a session. Those of another kind of session, or of its client, are passed over;
 * a name that is none is told: whoever misspells `network` must not get another network.
 *
 * @throws {InvalidOptionError} if one cannot be used, or there is none of that name
 */
export function checkOptions(options: object): void {
  checkAll(options, CHECKS, OTHERS);
  const { reconnect, onReconnect } = options as ReconnectOptions;
  if (onReconnect !== undefined && !reconnect) {
    throw new InvalidOptionError("onReconnect is never called without reconnect: true");
  }
}

/**
 * Checks that an exec is not to be come back to: the engine has no call for that.
 *
 * @throws {InvalidOptionError} if it is
 */
export function requireNoReconnect(options: object): void {
  if (!("reconnect" in options) || !options.reconnect) return;
  throw new InvalidOptionError("reconnect is not possible: an exec cannot be attached to again");
}

/**
 * Checks where a session is recorded to, and how.
 *
 * @throws {InvalidOptionError} if the path or an option cannot be used
 */
export function checkRecording(path: string, options: object): void {
  check("path", path, [
    "a file's path",
    (value) => isString(value) && value !== "" && !(value as string).includes("\0"),
  ]);
  checkAll(options, RECORD_CHECKS);
}

/**
 * Checks the options of {@linkcode capture} but its input.
 *
 * @throws {InvalidOptionError} if one cannot be used
 */
export function checkCapture(options: object): void {
  checkAll(options, CAPTURE_CHECKS, ["input"]);
}

/**
 * Checks the options of an {@linkcode Expect}.
 *
 * @throws {InvalidOptionError} if one cannot be used
 */
export function checkExpectReader(options: object): void {
  checkAll(options, EXPECT_READER_CHECKS);
}

/**
 * Checks the options of {@linkcode Expect.expect}.
 *
 * @throws {InvalidOptionError} if one cannot be used
 */
export function checkExpect(options: object): void {
  checkAll(options, EXPECT_CHECKS);
}

/**
 * Checks what output is to be given to.
 *
 * @throws {InvalidOptionError} if it is no two sinks
 */
export function checkSinks(sinks: { stdout: Sink; stderr: Sink }): void {
  check("sinks", sinks, OBJECT);
  const isSink = (value: unknown) => isObject(value) && isFunction((value as Sink).write);
  for (const name of ["stdout", "stderr"] as const) {
    check(name, sinks[name], ["an object with a function write", isSink]);
  }
}

/**
 * Checks those options of a client that no session is needed for.
 *
 * @throws {InvalidOptionError} if one cannot be used
 */
export function checkClient(options: object): void {
  checkAll(options, CLIENT_CHECKS, [...Object.keys(CHECKS), ...OTHERS]);
}

/**
 * Checks what is written to a session's stdin.
 *
 * @throws {InvalidOptionError} if it is not bytes
 */
export function checkBytes(input: unknown): void {
  if (input instanceof Uint8Array) return;
  throw new InvalidOptionError(
    "stdin takes bytes: pipe texts through a TextEncoderStream first",
  );
}

/**
 * Checks what is to be a session.
 *
 * @throws {InvalidOptionError} if it is none
 */
export function checkSession(session: Session): void {
  const isSession = (value: unknown) =>
    isObject(value) && "forward" in value! && Symbol.asyncDispose in value!;
  check("session", session, ["a session", isSession]);
}

function checkAll(
  options: object,
  checks: Record<string, Check>,
  others: readonly string[] = [],
): void {
  check("options", options, OBJECT);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(checks, name)) check(name, value, checks[name]);
    else if (!others.includes(name)) throw unknown(name, [...Object.keys(checks), ...others]);
  }
}

function unknown(name: string, names: readonly string[]): InvalidOptionError {
  const meant = closest(name, names);
  const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
  return new InvalidOptionError(`unknown option ${JSON.stringify(name)}${hint}`);
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
  if (value !== undefined) check(name, value, AMOUNT);
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
  const given = plain
    ? ` (${/^(object|string)$/.test(typeof value) ? JSON.stringify(value) : String(value)})`
    : "";
  throw new InvalidOptionError(`invalid ${name}${given}: expected ${expected}`);
}

function isExtent(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

/** As it is sent: by what the object has, in this order. */
function isAuth(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { username, password, identityToken, registryToken } = value as Record<string, unknown>;
  if ("username" in value!) return isString(username) && isString(password);
  return isString("identityToken" in value! ? identityToken : registryToken);
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
