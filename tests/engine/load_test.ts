/** The load tasks of `tests/load/`, small enough for every run of the tests. */
import { assert, assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { bothWays } from "../load/both_ways.ts";
import { growing } from "../load/flat.ts";
import { inTurn } from "../load/in_turn.ts";
import { plot } from "../load/plot.ts";
import { descriptors, type Sample } from "../load/proc.ts";
import { resizeStorm } from "../load/resize_storm.ts";
import { churn } from "../load/subjects.ts";
import { idle } from "./piped.ts";

const ignore = underTest === "docker";

testWithEngine(
  "load: 64 MB each way at once, with a SHA-256 that is compared on the way",
  async () => {
    await using box = await idle();
    await bothWays(["exec", "-i", box.name, "cat"], 64_000_000, { step: 16 << 20 });
  },
  { limit: 120_000 },
);

testWithEngine(
  "load: 30 execs in turn, every output and code checked, no descriptor more",
  async () => {
    await using box = await idle();
    const { descriptors } = await inTurn(box.name, 30);
    // A client keeps two idle connections; one that leaked with each exec would be many.
    assert(descriptors <= 10, `${descriptors} descriptors more`);
  },
  { limit: 120_000, ignore },
);

testWithEngine(
  "load: 500 sizes in a flood: no line is lost, and the last size is right",
  async () => {
    await using box = await idle();
    await resizeStorm(box, 500);
  },
  { limit: 120_000, sanitize: false },
);

testWithEngine(
  "load: sessions of all kinds, ended in all ways, leave no descriptor open",
  async () => {
    await using box = await idle();
    const child = churn(box.name, 1);
    const most: number[] = [];
    let rounds = 0;
    try {
      // Once round all kinds, and then twice more: what leaks does so each time.
      for (const target of [13, 26, 39]) {
        most.push(0);
        while (rounds < target) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          most[most.length - 1] = Math.max(most.at(-1)!, descriptors(child.pid));
          rounds = child.done();
        }
      }
    } finally {
      await child.end();
    }
    assert(most[2] <= most[0] + 3, `descriptors at most: ${most.join(", ")}`);
  },
  { limit: 180_000, ignore },
);

const steady = (count: number, grow: number): Sample[] =>
  Array.from({ length: count }, (_, at) => ({
    memory: 50_000 + at * grow,
    descriptors: 20 + Math.floor(at * grow / 1000),
    threads: 8,
  }));

Deno.test("load: what a soak measures is told as flat or not, and is drawn", () => {
  assertEquals(growing(steady(100, 0)), []);
  const held = (each: number) => Array.from({ length: 40 }, (_, at) => 10_000 + at * each);
  assertEquals(growing(steady(100, 0), held(20)), []);
  assertEquals(growing(steady(100, 0), held(100)).length, 1);
  assertEquals(growing(steady(100, 400)).map((line) => line.split(" ")[0]), [
    "memory",
    "descriptors",
  ]);
  const svg = plot({ a: steady(100, 0), b: steady(90, 1) }, 1);
  assertEquals(svg.match(/<polyline /g)?.length, 6);
});
