/**
 * Draws the last screen of a recording as an SVG, for the README, under the command line that it
 * was made with:
 *
 * deno run -A scripts/picture.ts docs/session.cast docs/session.svg "dockerpty run -it busybox sh"
 */
import xterm from "@xterm/headless";

const [source, target, command] = Deno.args;
const [head, ...events] = (await Deno.readTextFile(source)).trimEnd().split("\n");
const { width: cols, height: rows } = JSON.parse(head);
const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
for (const line of events) {
  const [, code, data] = JSON.parse(line) as [number, string, string];
  if (code === "o") await new Promise<void>((done) => terminal.write(data, done));
}

const lines = Array.from({ length: terminal.buffer.active.length }, (_, row) => {
  return terminal.buffer.active.getLine(row)?.translateToString(true) ?? "";
});
while (lines.at(-1) === "") lines.pop();
while (lines[0] === "") lines.shift();
lines.unshift(`$ ${command}`);

const [cell, line, margin, bar] = [8.4, 18, 16, 30];
const [width, height] = [cols * cell + 2 * margin, lines.length * line + 2 * margin + bar];
const escaped = (text: string) =>
  text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
const texts = lines.map((text, row) =>
  `  <text x="${margin}" y="${bar + margin + row * line + 12}">${escaped(text)}</text>`
);
const lights = ["#ff5f57", "#febc2e", "#28c840"].map((color, index) =>
  `  <circle cx="${margin + 4 + index * 20}" cy="${bar / 2 + 2}" r="6" fill="${color}"/>`
);
await Deno.writeTextFile(
  target,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"`,
    `  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">`,
    `  <rect width="100%" height="100%" rx="10" fill="#1d2230"/>`,
    ...lights,
    `  <g fill="#dfe3ee" xml:space="preserve">`,
    ...texts,
    `  </g>`,
    `</svg>\n`,
  ].join("\n"),
);
