/**
 * What a recording costs: the same output with and without `--record`, and through tee(1), one after
 * the other.
 *
 *     deno task bench:record [ROUNDS]
 */
import { capture, Client } from "@dockerpty/dockerpty";
import { dockerpty } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { type Run, Runner, type Taken } from "./runner.ts";
import { median } from "./statistics.ts";

const rounds = Number(Deno.args[0] ?? 9);

/** Lines as a build tool writes them, with colours. */
const lines = (count: number) =>
  `BEGIN { for (i = 0; i < ${count}; i++) ` +
  `printf "\\033[32m%7d\\033[0m \\"some words\\" of output, as a build writes it: src/%d.ts\\n", i, i }`;

const works = {
  "a terminal": { count: 500_000, flags: ["-t"] },
  "a pipe": { count: 2_000_000, flags: [] },
};

await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
await using runner = new Runner();
const folder = await Deno.makeTempDir();
try {
  for (const [name, { count, flags }] of Object.entries(works)) {
    const made = await capture(
      new Client().exec(box.name, ["sh", "-c", `awk '${lines(count)}' >/tmp/f; wc -c </tmp/f`]),
    );
    const size = Number(new TextDecoder().decode(made.stdout));
    const args = (...more: string[]) =>
      dockerpty(["exec", ...flags, ...more, box.name, "cat", "/tmp/f"]);
    const record = ["--record", `${folder}/a.cast`, "--force"];
    const ways: Record<string, Run> = {
      "not recorded": { argv: args() },
      recorded: { argv: args(...record) },
      // What it takes to have the bytes in a file at all.
      "through tee": {
        argv: ["sh", "-c", '"$@" | tee "$0"', `${folder}/tee`, ...args()],
      },
    };
    const taken: Record<string, Taken[]> = {};
    for (let round = 0; round <= rounds; round++) {
      for (const [way, run] of Object.entries(ways)) {
        const one = await runner.run(run);
        // The first round warms the caches up.
        if (round > 0) (taken[way] ??= []).push(one);
      }
    }
    console.log(`${name}: ${(size / 1e6).toFixed(0)} MB, ${rounds} rounds`);
    for (const [way, all] of Object.entries(taken)) {
      const of = (what: "wall" | "cpu") => median(all.map((one) => one[what]));
      console.log(
        `  ${way}: ${of("wall").toFixed(0)} ms, ${(size / of("wall") / 1e3).toFixed(0)} MB/s, ` +
          `${of("cpu").toFixed(0)} ms of CPU`,
      );
    }
    for (const way of ["recorded", "through tee"]) {
      const ratio = (what: "wall" | "cpu") =>
        median(taken[way].map((one, round) => one[what] / taken["not recorded"][round][what]));
      console.log(
        `  ${way}, to not: ${ratio("wall").toFixed(3)} of wall, ${ratio("cpu").toFixed(3)} of CPU`,
      );
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
