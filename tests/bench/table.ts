/** The results as a table in Markdown. */
import type { Figure } from "./measures.ts";
import type { Summary } from "./statistics.ts";

/** One measure's results. */
export interface Result {
  name: string;
  title: string;
  /** By the subject's name; a string says why it cannot do the work. */
  subjects: Record<string, Partial<Record<Figure, Summary>> | string>;
}

const FIGURES: Record<Figure, [title: string, unit: string, scale: number]> = {
  wall: ["time", "ms", 1],
  cpu: ["CPU time", "ms", 1],
  memory: ["peak memory", "MiB", 1024],
  p50: ["half of the keys below", "ms", 1],
  p99: ["99 % of the keys below", "ms", 1],
};

/** A row for each figure of each measure: the median, its spread, and the ratio to docker's. */
export function markdown(results: readonly Result[], names: readonly string[]): string {
  const rows: string[][] = [["", "", ...names]];
  rows.push(rows[0].map(() => "---"));
  const notes = new Map<string, number>();
  for (const { title, subjects } of results) {
    const figures = Object.keys(FIGURES).filter((figure) =>
      Object.values(subjects).some((found) => typeof found !== "string" && figure in found)
    ) as Figure[];
    for (const [index, figure] of figures.entries()) {
      const [what, unit, scale] = FIGURES[figure];
      const cells = names.map((name) => {
        const found = subjects[name];
        if (found === undefined) return "";
        if (typeof found !== "string") return cell(found[figure], scale);
        if (!notes.has(found)) notes.set(found, notes.size + 1);
        return `– (${notes.get(found)})`;
      });
      rows.push([index === 0 ? title : "", `${what}, ${unit}`, ...cells]);
    }
  }
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |`);
  return [...lines, "", ...[...notes].map(([note, number]) => `(${number}) ${note}  `)].join("\n");
}

function cell(found: Summary | undefined, scale: number): string {
  if (found === undefined) return "";
  const [low, high] = found.spread;
  const show = (value: number) => {
    const scaled = value / scale;
    return scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0);
  };
  const ratio = found.ratio === undefined ? "" : ` **${found.ratio.toFixed(2)}**`;
  return `${show(found.median)} (${show(low)}–${show(high)})${ratio}`;
}
