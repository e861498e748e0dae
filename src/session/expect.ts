/**
 * Driving a program by what it writes, as expect(1) does.
 *
 * @module
 */
import { ConnectionError, DockerptyError, InvalidOptionError } from "../errors.ts";
import { EscapeFilter } from "../stream/escape_filter.ts";
import { checkExpect, checkExpectReader, checkSession, LONGEST_TIME } from "./check_options.ts";
import type { Session } from "./session.ts";

/**
 * What was waited for did not come. The message shows the end of what came instead, in one line;
 * {@linkcode ExpectError.screen} has it as it is.
 */
export class ExpectError extends DockerptyError {
  /** The error's class, for logs. */
  override name = "ExpectError";
  /**
   * The last 24 lines of what came since the last match, as they came: with their line ends, and
   * whatever else of control characters is in them. Empty lines behind them do not count, and of long
   * ones there are 4000 characters at most.
   */
  readonly screen: string;

  /** Makes an error that says what was waited for, and keeps what came instead. */
  constructor(message: string, options: ErrorOptions & { screen?: string } = {}) {
    super(message, options);
    this.screen = options.screen ?? "";
  }
}

/** Options of {@linkcode Expect.expect}. */
export interface ExpectOptions {
  /**
   * How long to wait, in milliseconds.
   *
   * @default {10_000}
   */
  timeout?: number;
}

/** What {@linkcode Expect.expect} found. */
export interface Expected {
  /** The text that matched. */
  match: string;
  /** The groups of the pattern. */
  groups: (string | undefined)[];
  /** What came before it, since the last match: the last of it, where that is over a million characters. */
  before: string;
}

/** Options of an {@linkcode Expect}. */
export interface ExpectReaderOptions {
  /**
   * Whether escape sequences (ECMA-48: colours, cursor movements, titles) stay in the text. A shell's
   * prompt may be followed by some. What only looks like the beginning of one stays in any case, at
   * the latest when 4096 bytes of it have come, or the output has ended.
   *
   * @default {false}
   */
  escapes?: boolean;
}

/** As much of what was not matched yet is kept. */
const MAX_PENDING = 1024 * 1024;
/** As many of its last lines are shown in an error, and as many characters at most. */
const SCREENFUL = { lines: 24, characters: 4000 };

/**
 * Reads a session's output for patterns, and writes to its stdin. With a tty that is all the output;
 * without, it is stdout, and stderr is dropped. It is no part of a {@linkcode Session}, as it takes the
 * streams for itself and keeps text: a session is read in one way, and this is one of them. Of what
 * was not matched yet, the last 1,048,576 characters are kept.
 *
 * @example
 * ```ts
 * import { Client, Expect } from "@dockerpty/dockerpty";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { tty: true, stdin: "piped", network: "none", remove: true } as const;
 * await using session = await new Client().run("busybox", ["sh"], options);
 * const shell = new Expect(session);
 * await shell.expect(/[#$] $/);
 * await shell.send("expr 6 '*' 7\n");
 * const { match } = await shell.expect(/^\d+/m);
 * assertEquals(match, "42");
 * await shell.send("exit 3\n");
 * assertEquals(await session.status, { reason: "exited", code: 3 });
 * ```
 */
export class Expect {
  #session: Session;
  /** Takes escape sequences out, where they do not stay. */
  #filter: EscapeFilter | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #stdinEnded = false;
  #pending = "";
  #ended: { error?: unknown } | null = null;
  #changed = Promise.withResolvers<void>();

  /**
   * Begins to read.
   *
   * @param session the session; its streams must not be in use
   * @param options what is kept of its output
   * @throws {InvalidOptionError} if it is no session, its streams are in use, its stdout is not piped,
   * or an option cannot be used
   */
  constructor(session: Session, options: ExpectReaderOptions = {}) {
    checkSession(session);
    checkExpectReader(options);
    if (session.stdout.locked || session.stderr?.locked) {
      throw new InvalidOptionError("the session's output is read by somebody else already");
    }
    this.#session = session;
    if (!options.escapes) this.#filter = new EscapeFilter();
    this.#read();
    session.stderr?.pipeTo(new WritableStream()).catch(() => {});
  }

  /** What has come since the last match. */
  get pending(): string {
    return this.#pending;
  }

  /**
   * Waits until the output that came since the last match holds a pattern, and takes it up to the
   * end of that.
   *
   * @param pattern a text, or a regular expression; its flags `g` and `y` play no part
   * @param options how long to wait
   * @returns what matched, and what came before it
   * @throws {ExpectError} if the time is up, or the output has ended
   * @throws {InvalidOptionError} if the pattern or the time is none, or there is no such option
   */
  async expect(pattern: string | RegExp, options: ExpectOptions = {}): Promise<Expected> {
    checkExpect(options);
    const { timeout = 10_000 } = options;
    if (typeof pattern !== "string" && !(pattern instanceof RegExp)) {
      throw new InvalidOptionError(
        `invalid pattern (${Deno.inspect(pattern)}): expected a text or a RegExp`,
      );
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expired = new Promise<true>((resolve) => {
      if (timeout <= LONGEST_TIME) timer = setTimeout(() => resolve(true), timeout);
    });
    try {
      while (true) {
        const found = this.#find(pattern);
        if (found !== null) return found;
        if (this.#ended !== null) throw this.#failure(pattern, "the output has ended");
        if (await Promise.race([this.#changed.promise, expired]) === true) {
          throw this.#failure(pattern, `it did not come within ${timeout} ms`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Writes to the program's stdin.
   *
   * @param text what is typed; `\n` is the enter key
   * @throws {InvalidOptionError} if the session's stdin is not piped, somebody else writes to it, or
   * this is no text
   * @throws {ConnectionError} if the program reads no more, or its stdin has been ended
   */
  async send(text: string): Promise<void> {
    if (this.#session.stdin === null) {
      throw new InvalidOptionError("cannot send: the session's stdin is not piped");
    }
    if (typeof text !== "string") {
      throw new InvalidOptionError(`cannot send ${Deno.inspect(text)}: expected a text`);
    }
    if (this.#stdinEnded) throw new ConnectionError("cannot send: stdin has been ended");
    await this.#write("send", (writer) => writer.write(new TextEncoder().encode(text)));
  }

  /**
   * Ends the program's stdin, where that can be ended; more than once does nothing.
   *
   * @throws {InvalidOptionError} if somebody else writes to it
   * @throws {ConnectionError} if the program reads no more, or somebody else has ended it
   */
  async end(): Promise<void> {
    if (this.#session.stdin === null || this.#stdinEnded) return;
    await this.#write("end stdin", (writer) => {
      this.#stdinEnded = true;
      return writer.close();
    });
  }

  /** Does something to stdin, which this takes for itself. */
  async #write(
    what: string,
    act: (writer: WritableStreamDefaultWriter<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const stdin = this.#session.stdin!;
    if (this.#writer === undefined && stdin.locked) {
      throw new InvalidOptionError(
        `cannot ${what}: the session's stdin is written to by somebody else already`,
      );
    }
    this.#writer ??= stdin.getWriter();
    try {
      await act(this.#writer);
    } catch (cause) {
      if (cause instanceof DockerptyError) throw cause;
      // A stream that has been closed, or has failed, says so by a TypeError.
      throw new ConnectionError(`cannot ${what}: the program takes no more input`, { cause });
    }
  }

  #find(pattern: string | RegExp): Expected | null {
    const matched = typeof pattern === "string"
      ? { index: this.#pending.indexOf(pattern), 0: pattern, groups: [] }
      : matchOf(pattern, this.#pending);
    if (matched === null || matched.index === -1) return null;
    const before = this.#pending.slice(0, matched.index);
    this.#pending = this.#pending.slice(matched.index + matched[0].length);
    return { match: matched[0], groups: matched.groups, before };
  }

  #failure(pattern: string | RegExp, why: string): ExpectError {
    const screen = screenful(this.#pending);
    return new ExpectError(
      `waited for ${String(pattern)} in vain: ${why}. What came since the last match:\n${screen}`,
      { cause: this.#ended?.error, screen },
    );
  }

  async #read(): Promise<void> {
    // A character may be cut in two between pieces.
    const decoder = new TextDecoder();
    const take = (bytes: Uint8Array) => this.#take(decoder.decode(bytes, { stream: true }));
    try {
      for await (const bytes of this.#session.stdout) take(this.#filter?.take(bytes) ?? bytes);
      this.#ended = {};
    } catch (error) {
      this.#ended = { error };
    }
    if (this.#filter !== undefined) take(this.#filter.end());
    this.#take(decoder.decode());
  }

  #take(text: string): void {
    this.#pending = (this.#pending + text).slice(-MAX_PENDING);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** The last lines of a text that are not empty. */
function screenful(text: string): string {
  let length = text.length;
  while (length > 0 && /[\r\n]/.test(text[length - 1])) length--;
  const [end] = /^\r?\n?/.exec(text.slice(length))!;
  // More is not shown, and a flood has many lines.
  const lines = text.slice(Math.max(length - SCREENFUL.characters, 0), length)
    .split("\n").slice(-SCREENFUL.lines);
  const screen = lines.join("\n").slice(-SCREENFUL.characters);
  // Not the half of a character.
  return screen.replace(/^[\udc00-\udfff]/, "") + end;
}

function matchOf(
  pattern: RegExp,
  text: string,
): { index: number; 0: string; groups: (string | undefined)[] } | null {
  // A global pattern would remember where it stopped.
  const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).exec(text);
  return match === null ? null : { index: match.index, 0: match[0], groups: match.slice(1) };
}
