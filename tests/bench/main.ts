/**
 * Benchmarks: this project's command and library beside docker's command line, the original
 * dockerpty, dockerode, and a floor, on the engine that `DOCKER_HOST` names.
 *
 *     deno task bench [--only NAME,…] [--subjects NAME,…] [--rounds N] [--json FILE]
 *
 * In each round every subject does the same work, one after the other, in an order that turns. What
 * is shown is the median of the rounds, in brackets where the middle 80 % lie, and in bold the
 * median of the rounds' ratios to docker's. Needs a unix socket, and Debian's packages
 * python3-dockerpty, socat, nodejs and npm.
 */
import { container, engineVersion } from "../harness/engine.ts";
import { type Figure, type Measure, MEASURES, SESSIONS } from "./measures.ts";
import { Runner, type Taken } from "./runner.ts";
import { openAtOnce } from "./sessions.ts";
import { quantile, summary } from "./statistics.ts";
import { type Subject, subjects } from "./subjects.ts";
import { markdown, type Result } from "./table.ts";

const given: Record<string, string> = {};
for (let at = 0; at < Deno.args.length; at += 2) {
  const name = /^--(only|subjects|rounds|json)$/.exec(Deno.args[at])?.[1];
  if (name === undefined || Deno.args[at + 1] === undefined) {
    console.error(
      "usage: deno task bench [--only NAME,…] [--subjects …] [--rounds N] [--json FILE]",
    );
    console.error(`measures: ${[...MEASURES.map(({ name }) => name), "sessions"].join(", ")}`);
    Deno.exit(2);
  }
  given[name] = Deno.args[at + 1];
}
const wanted = (list: string | undefined, name: string) =>
  list === undefined || list.split(",").includes(name);
const rounds = Number(given.rounds ?? 15);

const folder = await Deno.makeTempDir({ prefix: "dockerpty-bench-" });
try {
  await using runner = new Runner();
  const input = `${folder}/input`;
  const all = (await subjects({ folder }))
    .filter(({ name }) => name === "docker" || wanted(given.subjects, name));
  const results: Result[] = [];
  for (const measure of MEASURES) {
    if (!wanted(given.only, measure.name)) continue;
    console.error(measure.title);
    if (measure.input !== undefined) {
      await Deno.writeFile(input, new Uint8Array());
      await Deno.truncate(input, measure.input);
    }
    results.push(await measured(measure, all, runner, input));
  }
  const names = all.map(({ name }) => name);
  const { Version } = await engineVersion();
  const about = [
    ...all.map(({ name, version }) => `- ${name}: ${version}`),
    `- engine: ${Version}; ${navigator.hardwareConcurrency} cores, Linux ${
      /^\d+\.\d+/.exec(Deno.osRelease())
    }`,
  ];
  console.log(`${about.join("\n")}\n`);
  if (results.length > 0) console.log(`${markdown(results, names)}\n`);
  const sessions = wanted(given.only, "sessions")
    ? await openAtOnce(all, SESSIONS, Math.min(rounds, 3))
    : undefined;
  if (sessions !== undefined) console.log(sessions.markdown);
  if (given.json !== undefined) {
    const whole = { about, rounds, results, sessions: sessions?.results };
    await Deno.writeTextFile(given.json, `${JSON.stringify(whole, null, 2)}\n`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Has all subjects do the work, again and again. */
async function measured(
  measure: Measure,
  all: readonly Subject[],
  runner: Runner,
  input: string,
): Promise<Result> {
  await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
  const taken: Record<string, Taken[]> = {};
  const cannot: Record<string, string> = {};
  const count = Math.min(rounds, measure.rounds ?? rounds);
  // The first round warms the caches up.
  for (let round = 0; round <= count; round++) {
    for (let at = 0; at < all.length; at++) {
      const { name, prepare } = all[(round + at) % all.length];
      if (name in cannot) continue;
      const run = await prepare(measure, box.name);
      if (typeof run === "string") {
        cannot[name] = run;
        continue;
      }
      const { stdout, keys } = measure;
      const stdin = measure.input === undefined ? run.stdin : input;
      try {
        const result = await runner.run({ ...run, stdin, stdout, keys, ready: "ready" });
        if (round > 0) (taken[name] ??= []).push(result);
      } catch (error) {
        console.error(`  ${name}: ${error}`);
        cannot[name] = "failed";
      }
    }
  }
  const found: Result["subjects"] = { ...cannot };
  for (const [name, results] of Object.entries(taken)) {
    if (name in cannot) continue;
    found[name] = {};
    for (const figure of measure.shows) {
      const docker = (taken.docker ?? []).map((taken) => valueOf(taken, figure));
      found[name][figure] = summary(results.map((taken) => valueOf(taken, figure)), docker);
    }
  }
  return { name: measure.name, title: measure.title, subjects: found };
}

function valueOf({ times = [], ...taken }: Taken, figure: Figure): number {
  if (figure === "p50") return quantile(times, 0.5);
  if (figure === "p99") return quantile(times, 0.99);
  return taken[figure];
}
