/**
 * Half an hour of work, and a look at it every second: memory, descriptors and threads must be flat.
 * The figures are drawn into an SVG file, and written beside it as tab-separated values.
 *
 *     deno task soak [MINUTES] [FILE.svg]
 */
import { container } from "../harness/engine.ts";
import { growing, summary } from "./flat.ts";
import { plot } from "./plot.ts";
import { type Sample, sample } from "./proc.ts";
import { churn, pipe, window } from "./subjects.ts";

const BETWEEN = 1;
const minutes = Number(Deno.args[0] ?? 30);
const file = Deno.args[1] ?? ".deno/soak.svg";

await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
const subjects = [churn(box.name, 2), window(box.name), pipe(box.name)];
const samples: Record<string, Sample[]> = Object.fromEntries(
  subjects.map(({ name }) => [name, []]),
);
const end = performance.now() + minutes * 60_000;
let problem: unknown;
try {
  for (let second = 1; performance.now() < end; second++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN * 1000));
    for (const { name, pid } of subjects) samples[name].push(sample(pid));
    if (second % 60 === 0) {
      console.log(`${second / 60} min: ${subjects.map(({ done }) => done()).join(", ")} done`);
    }
  }
} catch (error) {
  // One of them is gone: its own words tell why.
  problem = error;
}
const ends = await Promise.allSettled(subjects.map(({ end }) => end()));

await Deno.mkdir(file.replace(/[^/]*$/, "") || ".", { recursive: true });
await Deno.writeTextFile(file, plot(samples, BETWEEN));
const rows = Object.entries(samples).flatMap(([name, list]) =>
  list.map(({ memory, descriptors, threads }, at) =>
    [name, at * BETWEEN, memory, descriptors, threads].join("\t")
  )
);
const header = ["process", "second", "KiB", "descriptors", "threads"].join("\t");
await Deno.writeTextFile(
  file.replace(/(\.svg)?$/, ".tsv"),
  [header, ...rows].join("\n") + "\n",
);

let code = 0;
for (const [index, { name, done, held }] of subjects.entries()) {
  const grows = growing(samples[name], held);
  const ended = ends[index];
  console.log(`${name}: ${done()} done; ${summary(samples[name])}`);
  if (held) console.log(`  held, the least in each tenth, in KiB: ${leastInTenths(held)}`);
  for (const line of grows) console.log(`  NOT FLAT: ${line}`);
  if (ended.status === "rejected") console.log(`  FAILED: ${Deno.inspect(ended.reason)}`);
  if (grows.length > 0 || ended.status === "rejected") code = 1;
}
if (problem !== undefined) console.log(`FAILED: ${problem}`);
console.log(`the figures: ${file}`);
await box[Symbol.asyncDispose]();
Deno.exit(problem === undefined ? code : 1);

function leastInTenths(numbers: readonly number[]): string {
  const length = Math.ceil(numbers.length / 10);
  const starts = Array.from({ length: Math.ceil(numbers.length / length) }, (_, at) => at * length);
  return starts.map((start) => Math.min(...numbers.slice(start, start + length))).join(", ");
}
