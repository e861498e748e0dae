/** Draws what was measured, as SVG. */
import type { Sample } from "./proc.ts";

const WIDTH = 900;
const HEIGHT = 180;
const LEFT = 70;
const COLORS = ["#1f77b4", "#d62728", "#2ca02c"];
const PANELS: readonly [keyof Sample, title: string, unit: number][] = [
  ["memory", "resident memory, MiB", 1024],
  ["descriptors", "open descriptors", 1],
  ["threads", "threads", 1],
];

/** A panel for each figure, with a line for each process. */
export function plot(
  processes: Record<string, readonly Sample[]>,
  secondsBetween: number,
): string {
  const panels = PANELS.map(([name, title, unit], index) => {
    const series = Object.values(processes).map((list) => list.map((each) => each[name] / unit));
    const most = Math.max(...series.flat(), 1) * 1.1;
    const y = (value: number) => HEIGHT - 30 - (HEIGHT - 60) * value / most;
    const lines = series.map((values, which) => {
      const x = (at: number) => LEFT + (WIDTH - LEFT - 20) * at / Math.max(values.length - 1, 1);
      const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
      return `<polyline fill="none" stroke="${COLORS[which]}" points="${points.join(" ")}"/>`;
    });
    const ticks = [0, most / 2, most].map((value) =>
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value.toFixed(0)}</text>` +
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(value)}" y2="${y(value)}" stroke="#ccc"/>`
    );
    const heading = `<text x="${LEFT}" y="18" font-weight="bold">${title}</text>`;
    return `<g transform="translate(0 ${index * HEIGHT + 30})">${ticks.join("")}` +
      `${lines.join("")}${heading}</g>`;
  });
  const names = Object.keys(processes).map((name, which) =>
    `<text x="${LEFT + which * 270}" y="20" fill="${COLORS[which]}">${name}</text>`
  );
  const longest = Math.max(...Object.values(processes).map(({ length }) => length));
  const minutes = (longest * secondsBetween / 60).toFixed(1);
  const height = PANELS.length * HEIGHT + 60;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>` +
    `${names.join("")}${panels.join("")}` +
    `<text x="${LEFT}" y="${height - 12}">${minutes} minutes, from left to right</text></svg>\n`;
}
