/** A real pseudo-terminal with a screen, for tests to type at and to look at. Linux only. */
import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { stty } from "./stty.ts";
import { until } from "./until.ts";

/** How a terminal is opened. */
export interface TerminalOptions {
  /** @default {24} */
  rows?: number;
  /** @default {80} */
  cols?: number;
  env?: Record<string, string>;
  cwd?: string;
  /**
   * Whether it answers what a program asks it, for instance where its cursor is. The answer comes as
   * if typed, and may reach who reads next when the program has left in between.
   *
   * @default {true}
   */
  answers?: boolean;
}

/** How the process that a terminal was opened for ended. */
export interface TerminalExit {
  code: number;
  /** The number of the signal that ended it; 0 for none. */
  signal: number;
}

interface Waiter {
  check(): void;
  fail(reason: string): void;
}

/** A process at a terminal of its own. */
export class Terminal implements AsyncDisposable {
  /** Resolves when the process has ended and everything it wrote is on the screen. */
  readonly exit: Promise<TerminalExit>;
  readonly #pty: IPty;
  readonly #xterm: InstanceType<typeof xterm.Terminal>;
  readonly #waiters = new Set<Waiter>();
  #output: Uint8Array<ArrayBuffer> = new Uint8Array();
  #ended: TerminalExit | undefined;

  protected constructor(
    argv: string[],
    { rows = 24, cols = 80, env, cwd, answers = true }: TerminalOptions = {},
  ) {
    this.#xterm = new xterm.Terminal({ rows, cols, scrollback: 5000, allowProposedApi: true });
    const [file, ...args] = argv;
    // A null encoding gives the bytes as they are: the terminal's own decoder has to put them together.
    const pty = spawn(file, args, {
      rows,
      cols,
      env: env ?? Deno.env.toObject(),
      cwd,
      encoding: null,
    });
    this.#pty = pty;
    const { promise, resolve } = Promise.withResolvers<TerminalExit>();
    this.exit = promise;
    pty.onData((data) => {
      const bytes = new Uint8Array(data as unknown as Uint8Array);
      // Taken over only when the screen shows them too, so that both tell the same.
      this.#xterm.write(bytes, () => {
        const output = new Uint8Array(this.#output.length + bytes.length);
        output.set(this.#output);
        output.set(bytes, this.#output.length);
        this.#output = output;
        this.#waiters.forEach((waiter) => waiter.check());
      });
    });
    pty.onExit(({ exitCode, signal }) => {
      this.#xterm.write("", () => {
        this.#ended = { code: exitCode, signal: signal ?? 0 };
        this.#waiters.forEach((waiter) => waiter.fail("the process at the terminal ended"));
        resolve(this.#ended);
      });
    });
    this.#xterm.onData((reply) => {
      if (answers && !this.#ended) pty.write(reply);
    });
  }

  /** Starts `argv` as the leader of a session at a new terminal. */
  static spawn(argv: string[], options?: TerminalOptions): Terminal {
    return new Terminal(argv, options);
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The path of the terminal's device, such as /dev/pts/3. */
  get path(): string {
    return (this.#pty as IPty & { ptsName: string }).ptsName;
  }

  /** Types `text` as keys: Enter is `\r`, Ctrl-P `\x10`. */
  type(text: string): void {
    // What does not fit the terminal's input queue at once is lost (node-pty's stream in Deno).
    if (text.length > 2048) throw new RangeError("type at most 2048 characters at once");
    this.#pty.write(text);
  }

  /** Resizes it, which sends SIGWINCH to the foreground processes. */
  resize(rows: number, cols: number): void {
    this.#xterm.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** The lines on the screen, without blanks at their ends and without empty lines below them. */
  screen(): string {
    const { active } = this.#xterm.buffer;
    const lines = Array.from(
      { length: this.#xterm.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true).trimEnd() ?? "",
    );
    return lines.join("\n").trimEnd();
  }

  /** Every byte written to it so far. */
  get raw(): Uint8Array {
    return this.#output;
  }

  /** The same as text, from byte `since` on. */
  rawText(since = 0): string {
    return new TextDecoder().decode(this.#output.subarray(since));
  }

  /** Waits until the screen shows `what`. */
  async waitFor(
    what: string | RegExp | ((terminal: this) => boolean),
    options?: { timeout?: number },
  ): Promise<void> {
    const shown = typeof what === "function"
      ? () => what(this)
      : typeof what === "string"
      ? () => this.screen().includes(what)
      : () => what.test(this.screen());
    await this.#wait(
      shown,
      typeof what === "function" ? "a condition" : `${what}`,
      options?.timeout,
    );
  }

  /** Waits until `lines` are the last that the screen shows. */
  async waitForEnd(lines: string[], options?: { timeout?: number }): Promise<void> {
    const end = lines.join("\n");
    await this.#wait(
      () => `\n${this.screen()}`.endsWith(`\n${end}`),
      `the screen to end with\n${end}\n`,
      options?.timeout,
    );
  }

  /** Waits until `pattern` is in what was written to it, from byte `since` on. */
  waitForOutput(
    pattern: RegExp,
    { since = 0, timeout }: { since?: number; timeout?: number } = {},
  ): Promise<RegExpExecArray> {
    return this.#wait(() => pattern.exec(this.rawText(since)), `the output ${pattern}`, timeout);
  }

  /** The command in the foreground: the process that leads that group. */
  async foreground(): Promise<number> {
    return await until(() => {
      const group = foregroundGroup(this.pid);
      return group > 1 && group !== this.pid && group;
    }, { what: "a command in the foreground" });
  }

  /** Its modes, as `stty -g` tells them. */
  async modes(): Promise<string> {
    return await stty("-g", this.path);
  }

  /** Which of its modes are on and off, as `stty -a` names them: `icanon`, `-echo`. */
  async settings(): Promise<Set<string>> {
    return new Set((await stty("-a", this.path)).split(/\s+/));
  }

  /**
   * The flags (O_NONBLOCK and the like, octal) of the open file description that the first process
   * got the terminal by, and which everything it started shares.
   */
  flags(): string {
    const info = Deno.readTextFileSync(`/proc/${this.pid}/fdinfo/0`);
    return /^flags:\s*(\S+)/m.exec(info)![1];
  }

  #wait<T>(probe: () => T, what: string, timeout = 60_000): Promise<NonNullable<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<NonNullable<T>>();
    const done = () => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    };
    const waiter: Waiter = {
      check() {
        try {
          const found = probe();
          if (!found) return;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        done();
      },
      fail: (reason) => {
        done();
        const raw = JSON.stringify(this.rawText().slice(-1000));
        reject(
          new Error(`waited for ${what}: ${reason}. The screen:\n${this.screen()}\nraw: ${raw}`),
        );
      },
    };
    const timer = setTimeout(() => waiter.fail(`in vain for ${timeout} ms`), timeout);
    this.#waiters.add(waiter);
    waiter.check();
    if (this.#ended && this.#waiters.has(waiter)) {
      waiter.fail("the process at the terminal had ended");
    }
    return promise;
  }

  /** Hangs up: ends what runs at the terminal, by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      // The command in the foreground has a process group of its own, and may take a hangup calmly.
      const foreground = foregroundGroup(this.pid);
      if (foreground > 1) kill(-foreground);
      kill(this.pid);
    }
    await this.exit;
    this.#xterm.dispose();
  }
}

function foregroundGroup(pid: number): number {
  try {
    // The name in parentheses may have blanks: count the fields after it.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ");
    return Number(fields[5]);
  } catch {
    return 0;
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
