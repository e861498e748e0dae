import { assertEquals, assertMatch } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";
import { pullPrinter, type PullPrinterOptions } from "../../../src/cli/pull_progress.ts";
import type { PullProgress } from "../../../src/engine/images.ts";

/** What is printed for these pieces of news. */
function printed(news: readonly PullProgress[], options: Partial<PullPrinterOptions> = {}): string {
  const decoder = new TextDecoder();
  let text = "";
  const print = pullPrinter({
    stderr: {
      // As a slow terminal does, it takes a part only.
      writeSync(bytes) {
        const count = Math.min(bytes.length, 7);
        text += decoder.decode(bytes.subarray(0, count), { stream: true });
        return count;
      },
    },
    isTerminal: false,
    size: () => ({ rows: 24, columns: 120 }),
    quiet: false,
    width: unicodeWidth,
    ...options,
  });
  news.forEach(print);
  return text;
}

const MB = 1_000_000;
const NEWS: PullProgress[] = [
  { status: "Pulling from a", id: "1" },
  { status: "Pulling fs layer", progressDetail: {}, id: "aaa" },
  { status: "Pulling fs layer", progressDetail: {}, id: "bbb" },
  { status: "Downloading", progressDetail: { current: 65_536, total: 40.0124 * MB }, id: "aaa" },
  { status: "Download complete", progressDetail: {}, id: "bbb" },
  { status: "Status: Downloaded newer image for r/a:1" },
];

Deno.test("where there is no terminal, each change of a state is a line", () => {
  assertEquals(
    printed(NEWS),
    "1: Pulling from a\naaa: Pulling fs layer\nbbb: Pulling fs layer\nbbb: Download complete\n" +
      "Status: Downloaded newer image for r/a:1\n",
  );
});

Deno.test("at a terminal, each layer has a line, drawn again in place", () => {
  const bar = `[>${" ".repeat(50)}]`;
  assertEquals(
    printed(NEWS, { isTerminal: true }),
    "1: Pulling from a\n" +
      "\n\x1b[1A\x1b[2K\raaa: Pulling fs layer \r\x1b[1B" +
      "\n\x1b[1A\x1b[2K\rbbb: Pulling fs layer \r\x1b[1B" +
      `\x1b[2A\x1b[2K\raaa: Downloading ${bar}  65.54kB/40.01MB\r\x1b[2B` +
      "\x1b[1A\x1b[2K\rbbb: Download complete \r\x1b[1B" +
      "Status: Downloaded newer image for r/a:1\n",
  );
});

Deno.test("nothing is printed where that is not wanted", () => {
  assertEquals(printed(NEWS, { quiet: true, isTerminal: true }), "");
});

/** The line of a layer at a terminal of so many columns. */
function line(progressDetail: PullProgress["progressDetail"], columns = 120): string {
  const news = [{ status: "S", id: "i", progressDetail }];
  const text = printed(news, { isTerminal: true, size: () => ({ rows: 9, columns }) });
  return text.split("\x1b[2K\r")[1].split("\r")[0];
}

Deno.test("numbers are docker's", () => {
  const half = `[${"=".repeat(25)}>${" ".repeat(25)}]`;
  assertEquals(line({ current: 1, total: 2 }), `i: S ${half}       1B/2B`);
  assertEquals(
    line({ current: 999_960, total: 2e6 }),
    `i: S ${half.replace("=>", "> ")}   1000kB/2MB`,
  );
  assertEquals(line({ current: 1_234_567 }), "i: S  1.235MB");
  assertEquals(line({ current: 3, units: "s" }), "i: S 3 s");
  assertEquals(line({ current: 1, total: 2, units: "files" }), `i: S ${half} 1/2 files`);
  assertEquals(line({ current: 1, total: 2, hidecounts: true }), `i: S ${half}`);
  assertEquals(line({ current: 2, total: 1 }), `i: S [${"=".repeat(50)}>]       2B`);
  assertEquals(line({}), "i: S ");
});

Deno.test("a bar takes the room that there is, and a line no more than that", () => {
  const detail = { current: 1, total: 2 };
  const bar = (columns: number) => /\[(.*)>/.exec(line(detail, columns))?.[1].length;
  assertEquals([110, 98, 80, 58, 57].map(bar), [25, 25, 16, 5, undefined]);
  assertEquals(line(detail, 10), "i: S      ");
  const wide = { status: "日本語", id: "x", progressDetail: {} };
  const text = printed([wide], { isTerminal: true, size: () => ({ rows: 9, columns: 6 }) });
  assertMatch(text, /\rx: 日\r/);
});

Deno.test("a terminal whose size is not known is taken for a usual one", () => {
  const detail = { current: 1, total: 2 };
  const text = printed([{ status: "S", id: "i", progressDetail: detail }], {
    isTerminal: true,
    size: () => null,
  });
  assertEquals(text.includes(line(detail, 80)), true);
});

Deno.test("a layer whose line has left the screen is let be", () => {
  const layer = (id: string) => ({ status: "S", id, progressDetail: {} });
  const options = { isTerminal: true, size: () => ({ rows: 3, columns: 80 }) };
  const three = ["a", "b", "c"].map(layer);
  const before = printed(three, options);
  assertEquals(printed([...three, layer("a")], options), before);
  assertEquals(
    printed([...three, layer("b")], options),
    `${before}\x1b[2A\x1b[2K\rb: S \r\x1b[2B`,
  );
});

Deno.test("lines that are not a layer's end what can be drawn again", () => {
  const layer = { status: "S", id: "a", progressDetail: {} };
  const text = printed([layer, { status: "Digest: x" }, layer], { isTerminal: true });
  const drawn = "\n\x1b[1A\x1b[2K\ra: S \r\x1b[1B";
  assertEquals(text, `${drawn}Digest: x\n${drawn}`);
});

Deno.test("what comes from a registry moves no cursor", () => {
  const evil = "\x1b[2J\r\n\x9b31m\u202e\u2028x\x7f";
  const news = [
    { status: evil },
    { status: evil, id: evil },
    { status: evil, id: evil, progressDetail: { current: 1, units: evil } },
  ];
  for (const isTerminal of [false, true]) {
    const drawing = ["\x1b[1A", "\x1b[2K", "\x1b[1B"];
    const text = drawing.reduce(
      (text, sequence) => text.replaceAll(sequence, ""),
      printed(news, { isTerminal }),
    );
    assertMatch(text, /^[ -~\r\n]*$/);
    assertEquals(text.split("\n").length, isTerminal ? 4 : 3);
  }
});

Deno.test("numbers that are none are nothing", () => {
  const progressDetail = { current: "x\x1b[A", total: {} } as unknown as { current: number };
  assertEquals(line(progressDetail), "i: S ");
});

Deno.test("a reader that is gone is no reason to fail", () => {
  const stderr = {
    writeSync(): number {
      throw new Deno.errors.BrokenPipe();
    },
  };
  assertEquals(printed(NEWS, { stderr }), "");
});
