/**
 * The process's own terminal. Only the files `deno_*.ts` touch `Deno.stdin`, `Deno.stdout` and
 * signals.
 *
 * @module
 */
import { TerminalInUseError } from "../errors.ts";
import { printable } from "../printable.ts";
import type { Winsize } from "../winsize.ts";
import { rewriteBareLineFeeds } from "./bare_line_feeds.ts";
import { closeDebugger } from "./deno_debugger.ts";
import { isForeignTerminal, openPipeInput, openTerminalInput, PipedStdin } from "./deno_input.ts";
import { isWriteOnly } from "./deno_descriptor.ts";
import { DenoOutput } from "./deno_output.ts";
import { enterRawMode, isInFront } from "./deno_raw_mode.ts";
import type { StandardStream, Terminal, TerminalInput } from "./terminal.ts";

/** Options of {@linkcode denoTerminal}. */
export interface DenoTerminalOptions {
  /**
   * Whether the process ends with the session, by `Deno.exit`, so that nobody reads stdin after it.
   *
   * @default {false}
   */
  ownsProcess?: boolean;
}

/**
 * The process's own terminal: `Deno.stdin`, `Deno.stdout`, `Deno.stderr` and its signals.
 *
 * Needs no permission. With `--allow-ffi` or `--allow-run=stty` raw mode is complete; without, line
 * feeds are rewritten so that the screen looks the same.
 *
 * @example
 * ```ts
 * import { denoTerminal } from "@dockerpty/dockerpty";
 *
 * const terminal = denoTerminal();
 * if (terminal.isTerminal("stdout")) console.log(terminal.size());
 * ```
 *
 * @param options what becomes of the process
 * @returns the terminal
 */
export function denoTerminal(options: DenoTerminalOptions = {}): Terminal {
  return new DenoTerminal(options.ownsProcess ?? false);
}

const LF = 0x0a;

/** Whether a session reads from the process's terminal, of which there is one. */
let claimed = false;

/** What happens when the process is about to end: by itself or by `Deno.exit`, and of errors. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

/** Whether the process may send itself signals. */
function maySignalItself(): boolean {
  return Deno.permissions.querySync({ name: "run" }).state === "granted";
}

/** What else SIGUSR1 does is undone. */
function withoutDebugger(callback: () => void): () => void {
  return () => {
    callback();
    closeDebugger().catch(() => {});
  };
}

class DenoTerminal implements Terminal {
  #ownsProcess: boolean;
  #piped = new PipedStdin();
  #output: Record<"stdout" | "stderr", DenoOutput>;
  #rewritesLineFeeds = false;
  #previous = 0;
  /** Whether what is written goes to a terminal. */
  #toTerminal: { stdout?: boolean; stderr?: boolean } = {};
  /** Whether the terminal's last line was not ended by what was written last. */
  #inLine = false;
  #restore = () => {};

  constructor(ownsProcess: boolean) {
    this.#ownsProcess = ownsProcess;
    if (ownsProcess) this.onSignal("SIGUSR1", () => {});
    this.#output = {
      stdout: new DenoOutput("stdout", ownsProcess),
      stderr: new DenoOutput("stderr", ownsProcess),
    };
  }

  readonly stdout = {
    write: (bytes: Uint8Array): Promise<void> | void => {
      this.#prepare(bytes, "stdout");
      return this.#output.stdout.write(bytes);
    },
  };

  readonly stderr = {
    write: (bytes: Uint8Array): Promise<void> | void => {
      this.#prepare(bytes, "stderr");
      return this.#output.stderr.write(bytes);
    },
  };

  isTerminal(stream: StandardStream): boolean {
    // One that cannot be read has no keys: what would be raw could not be left.
    return Deno[stream].isTerminal() && !(stream === "stdin" && isWriteOnly(0));
  }

  size(): Winsize | null {
    try {
      const { rows, columns } = Deno.consoleSize();
      // Some terminals say 0×0 while they do not know.
      return rows > 0 && columns > 0 ? { rows, columns } : null;
    } catch {
      return null;
    }
  }

  setRaw(): Disposable {
    const raw = enterRawMode();
    this.#rewritesLineFeeds = !raw.outputIsRaw;
    const restore = () => {
      this.#rewritesLineFeeds = false;
      raw[Symbol.dispose]();
    };
    this.#restore = restore;
    return { [Symbol.dispose]: restore };
  }

  isInFront(): boolean {
    return isInFront();
  }

  openInput(): TerminalInput {
    if (this.isTerminal("stdin")) {
      return isForeignTerminal() ? this.#piped.open() : openTerminalInput();
    }
    return this.#ownsProcess ? this.#piped.open() : openPipeInput();
  }

  onResize(callback: () => void): Disposable {
    return this.onSignal("SIGWINCH", callback);
  }

  onSignal(signal: Deno.Signal, callback: () => void): Disposable {
    // What could not be stopped by itself afterwards had better be stopped at once.
    if (signal === "SIGTSTP" && !maySignalItself()) return { [Symbol.dispose]: () => {} };
    const listener = signal === "SIGUSR1" ? withoutDebugger(callback) : callback;
    try {
      Deno.addSignalListener(signal, listener);
    } catch {
      // This system has no such signal, so that it will not come.
      return { [Symbol.dispose]: () => {} };
    }
    return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, listener) };
  }

  dieOf(signal: Deno.Signal): void {
    if (maySignalItself()) {
      // Deno stops for SIGTSTP a moment later only, by when the terminal may be raw again.
      Deno.kill(Deno.pid, signal === "SIGTSTP" ? "SIGSTOP" : signal);
    } else {
      // Without the right to send itself the signal, the process ends with the code of one that did.
      Deno.exit(128 + (SIGNAL_NUMBERS[signal] ?? 0));
    }
  }

  warn(message: string): void {
    this.endLine();
    const lineEnd = this.isTerminal("stderr") ? "\r\n" : "\n";
    const line = `dockerpty: ${printable(message)}${lineEnd}`;
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(line));
    } catch {
      // Nobody is there to be told.
    }
  }

  endLine(): void {
    if (!this.#inLine || !this.isTerminal("stderr")) return;
    this.#inLine = false;
    try {
      Deno.stderr.writeSync(new TextEncoder().encode("\r\n"));
    } catch {
      // Nobody is there to be told.
    }
  }

  claim(): Disposable {
    if (!this.isTerminal("stdin")) return { [Symbol.dispose]: () => {} };
    if (claimed) {
      throw new TerminalInUseError(
        "the terminal is in use by another session of this process: wait for its end, or open this " +
          "one with interactive: false",
      );
    }
    claimed = true;
    return {
      [Symbol.dispose]: () => {
        claimed = false;
      },
    };
  }

  onExit(lastWords: () => Uint8Array): Disposable {
    const write = (event: Event) => {
      // Somebody else has dealt with the error, and the process goes on.
      if (event.defaultPrevented) return;
      try {
        const bytes = lastWords();
        for (let written = 0; written < bytes.length;) {
          written += Deno.stdout.writeSync(bytes.subarray(written));
        }
      } catch {
        // The terminal has been hung up.
      }
      // Deno does this, too, but only after it has told of an error.
      this.#restore();
    };
    for (const name of ENDS) globalThis.addEventListener(name, write);
    return {
      [Symbol.dispose]: () => {
        for (const name of ENDS) globalThis.removeEventListener(name, write);
      },
    };
  }

  #prepare(bytes: Uint8Array, stream: "stdout" | "stderr"): void {
    // Asked once: a flood is thousands of writes.
    if (bytes.length === 0 || !(this.#toTerminal[stream] ??= this.isTerminal(stream))) return;
    this.#inLine = bytes[bytes.length - 1] !== LF;
    if (this.#rewritesLineFeeds) {
      this.#previous = rewriteBareLineFeeds(bytes, this.#previous);
    }
  }
}

/** The numbers of the signals that end a session, the same on every system. */
const SIGNAL_NUMBERS: Partial<Record<Deno.Signal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGTERM: 15,
};
