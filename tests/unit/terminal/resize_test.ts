import { assertEquals, assertStringIncludes } from "@std/assert";
import { followSize } from "../../../src/terminal/resize.ts";
import type { Winsize } from "../../../src/winsize.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

/** Follows a fake terminal's size; each request waits until it is answered. */
function follow({ repaint = false, winsize = { rows: 24, columns: 80 } as Winsize | null } = {}) {
  const terminal = new FakeTerminal();
  terminal.winsize = winsize;
  const sizes: string[] = [];
  const pauses: number[] = [];
  const requests: PromiseWithResolvers<void>[] = [];
  const resize = ({ rows, columns }: Winsize) => {
    sizes.push(`${rows}x${columns}`);
    const request = Promise.withResolvers<void>();
    requests.push(request);
    return request.promise;
  };
  const pause = (milliseconds: number) => Promise.resolve(void pauses.push(milliseconds));
  const following = followSize(resize, terminal, { repaint, pause });
  const answer = async (error?: Error) => {
    const request = requests.shift()!;
    if (error === undefined) request.resolve();
    else request.reject(error);
    await turns(1);
  };
  return { terminal, sizes, pauses, requests, following, answer };
}

Deno.test("the size is told at once, and at every change", async () => {
  const { terminal, sizes, answer } = follow();
  assertEquals(sizes, ["24x80"]);
  await answer();
  terminal.resize(20, 70);
  assertEquals(sizes, ["24x80", "20x70"]);
  await answer();
});

Deno.test("changes while a size is on its way are one, and the last one wins", async () => {
  const { terminal, sizes, requests, answer } = follow();
  for (let width = 71; width <= 105; width++) terminal.resize(28, width);
  await turns();
  assertEquals([sizes, requests.length], [["24x80"], 1]);
  await answer();
  assertEquals(sizes, ["24x80", "28x105"]);
  await answer();
  assertEquals(requests.length, 0);
});

Deno.test("a size that is refused is told again after a pause", async () => {
  const { sizes, pauses, answer } = follow();
  await answer(new Error("not running"));
  await answer(new Error("not running"));
  await answer();
  assertEquals(sizes, ["24x80", "24x80", "24x80"]);
  assertEquals(pauses, [10, 20]);
});

Deno.test("what is told again is the size of that time", async () => {
  const { terminal, sizes, answer } = follow();
  terminal.resize(20, 70);
  await answer(new Error("not running"));
  assertEquals(sizes, ["24x80", "20x70"]);
  await answer();
  assertEquals(sizes.length, 2);
});

Deno.test("after eleven refusals the user is told, once, and in the engine's words", async () => {
  const { terminal, sizes, pauses, requests, answer } = follow();
  for (let request = 0; request < 11; request++) {
    assertEquals(terminal.warnings, []);
    await answer(new Error(`refusal ${request}`));
  }
  assertEquals([sizes.length, requests.length], [11, 0]);
  assertEquals(pauses, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assertEquals(terminal.warnings.length, 1);
  assertStringIncludes(terminal.warnings[0], "refusal 10");

  terminal.resize(20, 70);
  assertEquals(sizes.at(-1), "20x70");
  await answer();
  assertEquals(terminal.warnings.length, 1);
});

Deno.test("to have a program repaint, it is told of one larger size before the first", async () => {
  const { terminal, sizes, answer } = follow({ repaint: true });
  assertEquals(sizes, ["25x81"]);
  await answer();
  assertEquals(sizes, ["25x81", "24x80"]);
  await answer();
  terminal.resize(20, 70);
  assertEquals(sizes, ["25x81", "24x80", "20x70"]);
  await answer();
});

Deno.test("a size that is not known is not told, and no request is made for it", async () => {
  const { terminal, sizes, pauses } = follow({ winsize: null });
  await turns();
  assertEquals([sizes, pauses, terminal.warnings], [[], [], []]);
  terminal.resize(20, 70);
  await turns();
  assertEquals(sizes, ["20x70"]);
});

Deno.test("when it is over nothing is told any more, and nobody listens", async () => {
  const { terminal, sizes, following, answer } = follow();
  assertEquals(terminal.resizeListeners, 1);
  following[Symbol.dispose]();
  assertEquals(terminal.resizeListeners, 0);
  terminal.resize(20, 70);
  await answer(new Error("not running"));
  await turns();
  assertEquals([sizes, terminal.warnings], [["24x80"], []]);
});

Deno.test("when it is over while the last refusal comes, nobody is warned", async () => {
  const { terminal, following, requests, answer } = follow();
  for (let request = 0; request < 10; request++) await answer(new Error("not running"));
  following[Symbol.dispose]();
  await answer(new Error("not running"));
  assertEquals([terminal.warnings, requests.length], [[], 0]);
});
