/** An interactive shell at a terminal, which stays when the commands typed into it have ended. */
import { commandEnv } from "./command.ts";
import { Terminal, type TerminalOptions } from "./terminal.ts";

/**
 * A shell without a line editor: it never touches the terminal's modes, so that what a command left
 * behind stays to be seen. Its prompt tells the exit code of the command before, and the flags that
 * it left on the terminal's open file description: reading on, the shell itself clears O_NONBLOCK.
 */
export class Shell extends Terminal {
  #since = 0;
  #output = "";

  /** Opens it, with `dockerpty` on its PATH as the command under test. */
  static async open({ env, ...options }: TerminalOptions = {}): Promise<Shell> {
    // +o emacs: where sh is bash, it has a line editor otherwise.
    const shell = new Shell(["sh", "-i", "+o", "emacs"], {
      ...options,
      env: commandEnv({
        TERM: "xterm",
        PS1: `here[$? ${flags}]$ `,
        PS2: "more> ",
        ENV: "",
        ...env,
      }),
    });
    await shell.waitForOutput(prompt);
    return shell;
  }

  /** Types a line, and Enter. */
  run(line: string): void {
    this.#since = this.raw.length;
    this.type(`${line}\r`);
  }

  /** Waits for the shell to prompt again; returns the exit code of the line that was run last. */
  async finished({ timeout = 60_000 }: { timeout?: number } = {}): Promise<number> {
    const [, output, code] = await this.waitForOutput(prompt, { since: this.#since, timeout });
    this.#output = output.slice(output.indexOf("\n") + 1);
    return Number(code);
  }

  /** What the line that finished last wrote to the terminal, and what was typed into it. */
  get output(): string {
    return this.#output;
  }

  /** The flags (octal) of the terminal's open file description, at every prompt so far. */
  get flagsAtPrompts(): string[] {
    return Array.from(this.rawText().matchAll(/here\[\d+ (\d+)\]\$ /g), ([, flags]) => flags);
  }

  /** Everything written to the terminal since the last line was typed. */
  get sinceRun(): string {
    return this.rawText(this.#since);
  }

  /** Runs a line to its end. */
  async runToEnd(
    line: string,
    options?: { timeout?: number },
  ): Promise<{ code: number; output: string }> {
    this.run(line);
    const code = await this.finished(options);
    return { code, output: this.output };
  }
}

const flags = "$(while read -r key value; do case $key in flags:) echo $value; esac; done " +
  "</proc/$$/fdinfo/0)";
const prompt = /^(.*?)here\[(\d+) \d+\]\$ /s;
