/** A terminal of another make than the other tests', which tells the modes that it is in. */
import { assert } from "@std/assert";
import { commandEnv } from "./command.ts";
import { stty } from "./stty.ts";
import { until } from "./until.ts";

/** Its modes, by tmux's names, as they are in a terminal that nobody has touched. */
export const UNTOUCHED = {
  alternate_on: "0",
  cursor_flag: "1",
  insert_flag: "0",
  keypad_cursor_flag: "0",
  keypad_flag: "0",
  mouse_any_flag: "0",
  mouse_sgr_flag: "0",
  origin_flag: "0",
  wrap_flag: "1",
};

/** Why there is none to be had on this machine; null where there is. */
export const noTmux: string | null = Deno.build.os !== "linux"
  ? "for Linux only"
  : await new Deno.Command("tmux", { args: ["-V"] }).output()
    .then(() => null, () => "there is no tmux");

/** The prompt of the shell in it; by it, a command's end and its code are seen. */
const PROMPT = /(?:^|\n)here\[(\d+)\]\$ ?$/;

/** A shell in a tmux of its own. */
export class Tmux implements AsyncDisposable {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Opens it, with `dockerpty` on its PATH as the command under test. */
  static async open(
    { rows = 24, cols = 80, env = {} }: {
      rows?: number;
      cols?: number;
      env?: Record<string, string>;
    } = {},
  ): Promise<Tmux> {
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    const shell = { PS1: "here[$?]$ ", PS2: "more> ", ENV: "", TMUX: "", LC_ALL: "C.UTF-8" };
    const tmux = new Tmux(folder, commandEnv({ ...shell, ...env }));
    const size = ["-x", `${cols}`, "-y", `${rows}`];
    await tmux.#run("-f", "/dev/null", "new-session", "-d", ...size, "sh", "-i", "+o", "emacs");
    await tmux.finished();
    return tmux;
  }

  /** The command in the foreground: the process that leads that group. */
  async foreground(): Promise<number> {
    const shell = Number(await this.#run("display-message", "-p", "#{pane_pid}"));
    return await until(() => {
      // The name in parentheses may have blanks: count the fields behind it.
      const fields = Deno.readTextFileSync(`/proc/${shell}/stat`).split(") ").at(-1)!.split(" ");
      const group = Number(fields[5]);
      return group !== shell && group;
    }, { what: "a command in the foreground" });
  }

  /** The modes of the terminal's driver, as `stty -g` tells them. */
  async driverModes(): Promise<string> {
    return await stty("-g", await this.#run("display-message", "-p", "#{pane_tty}"));
  }

  /** Types keys as they are. */
  async type(keys: string): Promise<void> {
    const codes = Array.from(new TextEncoder().encode(keys), (byte) => byte.toString(16));
    await this.#run("send-keys", "-H", ...codes);
  }

  /** Types a line into the shell, on an empty screen, and Enter. */
  async run(line: string): Promise<void> {
    await this.type(`clear; ${line}\r`);
    // Until it is gone, the prompt is the one before the line.
    await this.waitFor((screen) => !PROMPT.test(screen), "the line to be taken");
  }

  /** Waits for the shell's prompt; returns the code of the command before it. */
  async finished(): Promise<number> {
    const screen = await this.waitFor((screen) => PROMPT.test(screen), "the prompt");
    return Number(PROMPT.exec(screen)![1]);
  }

  /** The lines on the screen, without blanks at the end. */
  async screen(): Promise<string> {
    return (await this.#run("capture-pane", "-p")).trimEnd();
  }

  /** Waits until the screen is as it should be; returns it. */
  async waitFor(
    shown: string | RegExp | ((screen: string) => boolean),
    what: string = `${shown}`,
  ): Promise<string> {
    let screen = "";
    await until(async () => {
      screen = await this.screen();
      return typeof shown === "function" ? shown(screen) : screen.match(shown) !== null;
    }, { what: () => `${what}; the screen:\n${screen}`, timeout: 60_000, interval: 40 });
    return screen;
  }

  /** The modes it is in. */
  async modes(): Promise<typeof UNTOUCHED> {
    const names = Object.keys(UNTOUCHED);
    const format = names.map((name) => `#{${name}}`).join(" ");
    const values = (await this.#run("display-message", "-p", format)).split(" ");
    return Object.fromEntries(
      names.map((name, index) => [name, values[index]]),
    ) as typeof UNTOUCHED;
  }

  /** Waits until modes are as given. */
  async waitForModes(modes: Partial<typeof UNTOUCHED>): Promise<void> {
    let now: Partial<typeof UNTOUCHED> = {};
    await until(async () => {
      now = await this.modes();
      return Object.entries(modes).every(([name, value]) =>
        now[name as keyof typeof UNTOUCHED] === value
      );
    }, { what: () => `${JSON.stringify(modes)}, not ${JSON.stringify(now)}`, timeout: 60_000 });
  }

  /** Hangs up: the window is closed, with whatever runs in it. */
  async hangUp(): Promise<void> {
    await this.#run("kill-server");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("kill-server").catch(() => {});
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #run(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", `${this.#folder}/socket`, ...args],
      env: this.#env,
      stdin: "null",
    }).output();
    assert(success, `tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout).trimEnd();
  }
}

/**
 * The prompt of a shell that at each writes the flags (octal) of its terminal's descriptor to a file:
 * reading on, the shell itself clears O_NONBLOCK.
 */
export function tellingFlags(file: string): string {
  const flags = "while read -r key value; do case $key in flags:) echo $value; esac; done";
  return `here[$?]$(${flags} </proc/$$/fdinfo/0 >>'${file}')$ `;
}
