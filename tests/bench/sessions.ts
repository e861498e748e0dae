/** Many sessions at once in one process: the memory and the time that each takes. */
import { commandEnv } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { median } from "./statistics.ts";
import type { Subject } from "./subjects.ts";

/**
 * Each is run as it comes, and with one pool of memory: the C library has several, and keeps there what
 * was freed while the sessions were opened, which is no session's.
 */
const WAYS: readonly [name: string, env: Record<string, string>][] = [
  ["", {}],
  [", one pool", { MALLOC_ARENA_MAX: "1" }],
];

/** What so many sessions took, beyond the first: KiB and milliseconds each. */
export interface Sessions {
  subject: string;
  count: number;
  memory?: number;
  time?: number;
  cannot?: string;
}

/** Opens so many at once, with each subject. */
export async function openAtOnce(
  subjects: readonly Subject[],
  counts: readonly number[],
  rounds: number,
): Promise<{ results: Sessions[]; markdown: string }> {
  const results: Sessions[] = [];
  for (const count of counts.filter((count) => count > 1)) {
    const found = new Map<string, { memory: number; wall: number }[]>();
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) {
        await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
        const run = subject.sessions(box.name, count);
        if (typeof run === "string") {
          if (round === 0) results.push({ subject: subject.name, count, cannot: run });
          continue;
        }
        const [command, ...args] = run.argv;
        for (const [way, more] of WAYS) {
          const name = `${subject.name}${way}`;
          console.error(`${count} sessions at once: ${name}`);
          const env = commandEnv({ ...run.env, ...more });
          const { success, stdout, stderr } = await new Deno.Command(command, { args, env })
            .output();
          if (!success) throw new Error(new TextDecoder().decode(stderr));
          const taken = JSON.parse(new TextDecoder().decode(stdout));
          found.set(name, [...found.get(name) ?? [], taken]);
        }
      }
    }
    for (const [subject, taken] of found) {
      const each = (of: "memory" | "wall") => median(taken.map((one) => one[of])) / (count - 1);
      results.push({ subject, count, memory: each("memory"), time: each("wall") });
    }
  }
  const rows = results.map(({ subject, count, memory, time, cannot }) =>
    cannot === undefined
      ? `| ${count} | ${subject} | ${memory!.toFixed(0)} | ${time!.toFixed(1)} |`
      : `| ${count} | ${subject} | ${cannot} | |`
  );
  const head = [
    "| sessions | | KiB each, beyond the first | ms each |",
    "| --- | --- | --- | --- |",
  ];
  return { results, markdown: [...head, ...rows].join("\n") };
}
