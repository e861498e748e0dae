/** A real browser, and the tests that need one. */
import { type Browser, chromium, type Page } from "playwright-core";
import { testWithEngine } from "../harness/engine.ts";
import { findCommand } from "../harness/kept_process.ts";
import { until } from "../harness/until.ts";

const executable = findCommand("/usr/bin/chromium", "chromium");
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** A test that needs a browser and an engine; where one of them is missing it is ignored, and says so. */
export function testWithBrowser(name: string, fn: (browser: Browser) => Promise<void>): void {
  if (executable === undefined) console.error(`SKIPPED ${name}: there is no chromium`);
  const test = async () => {
    const browser = await chromium.launch({ executablePath: executable, args: flags });
    try {
      await fn(browser);
    } finally {
      await browser.close();
    }
  };
  // The driver keeps pipes and timers of its own.
  testWithEngine(name, test, { ignore: executable === undefined, sanitize: false, limit: 60_000 });
}

/** The terminal as the page has it: `globalThis.terminal`, as xterm.js documents it. */
interface PageTerminal {
  rows: number;
  cols: number;
  input(text: string): void;
  buffer: {
    active: {
      type: string;
      baseY: number;
      length: number;
      getLine(y: number): { translateToString(trim: boolean): string } | undefined;
    };
  };
}

/** A page with the terminal in it. */
export class TerminalPage {
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /** Opens it in a window of its own, with cookies and a storage of its own. */
  static async open(browser: Browser, url: string): Promise<TerminalPage> {
    const context = await browser.newContext({ viewport: { width: 900, height: 500 } });
    const opened = new TerminalPage(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** Opens it, and waits until it types at a shell's prompt. */
  static async openToType(browser: Browser, url: string): Promise<TerminalPage> {
    const opened = await TerminalPage.open(browser, url);
    await opened.waitForState("Typing");
    await opened.waitFor("/ #");
    return opened;
  }

  /** The lines on the screen, without the empty ones at its end. */
  async lines(): Promise<string[]> {
    const text = await this.page.evaluate(() => {
      const { rows, buffer } = (globalThis as unknown as { terminal: PageTerminal }).terminal;
      const { baseY } = buffer.active;
      const line = (y: number) => buffer.active.getLine(baseY + y)?.translateToString(true) ?? "";
      return Array.from({ length: rows }, (_, y) => line(y)).join("\n");
    });
    return text.trimEnd().split("\n");
  }

  /** Waits until the screen holds this. */
  async waitFor(what: string | RegExp, timeout?: number): Promise<void> {
    let screen: string[] = [];
    await until(async () => {
      screen = await this.lines();
      const text = screen.join("\n");
      return typeof what === "string" ? text.includes(what) : what.test(text);
    }, { what: () => `${what} on the screen:\n${screen.join("\n")}`, timeout });
  }

  /** Waits until the line above the terminal says this. */
  async waitForState(state: string, timeout?: number): Promise<void> {
    let last: string | null = "";
    await until(async () => {
      last = await this.page.textContent("#state");
      return last === state;
    }, { what: () => `the state ${state}; it is ${last}`, timeout });
  }

  /** Types with the browser's own keyboard. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Gives its terminal input all at once, as a paste does. */
  async input(text: string): Promise<void> {
    await this.page.evaluate(
      (text) => (globalThis as unknown as { terminal: PageTerminal }).terminal.input(text),
      text,
    );
  }

  /** Makes it stand still at the next thing that it would do, until what is returned is called. */
  async standStill(): Promise<() => Promise<void>> {
    const debug = await this.page.context().newCDPSession(this.page);
    await debug.send("Debugger.enable");
    await debug.send("Debugger.pause");
    return async () => {
      await debug.send("Debugger.disable");
      await debug.detach();
    };
  }

  /** The rows and columns of its terminal. */
  size(): Promise<[rows: number, columns: number]> {
    return this.page.evaluate(() => {
      const { rows, cols } = (globalThis as unknown as { terminal: PageTerminal }).terminal;
      return [rows, cols] as [number, number];
    });
  }
}
