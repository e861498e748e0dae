/** What is shown of a pull, byte for byte: an engine of ours says the same to both clients. */
import { commandEnv } from "../harness/command.ts";
import { Terminal } from "../harness/terminal.ts";
import { parity } from "./scenario.ts";
import type { Side } from "./side.ts";

const MB = 1_000_000;
const layer = (id: string, status: string, current?: number, total?: number, units?: string) => ({
  status,
  id,
  progressDetail: current === undefined ? {} : { current, total, units },
  progress: current === undefined ? undefined : "[=>]",
});

const NEWS = [
  { status: "Pulling from a", id: "1" },
  layer("0123456789ab", "Already exists"),
  layer("aaaaaaaaaaaa", "Pulling fs layer"),
  layer("bbbbbbbbbbbb", "Pulling fs layer"),
  layer("cccccccccccc", "Waiting"),
  ...[0, 1, 999, 1000, 12_345, 999_950, 1.5 * MB, 40.0124 * MB]
    .map((done) => layer("aaaaaaaaaaaa", "Downloading", Math.round(done), 40_012_423)),
  layer("bbbbbbbbbbbb", "Downloading", 12_345_678),
  layer("bbbbbbbbbbbb", "Downloading", 3000, 2000),
  layer("bbbbbbbbbbbb", "Verifying Checksum"),
  layer("bbbbbbbbbbbb", "Download complete"),
  layer("cccccccccccc", "Retrying in 5 seconds"),
  layer("cccccccccccc", "Extracting", 1, undefined, "s"),
  layer("cccccccccccc", "Extracting", 3, 4, "files"),
  ...Array.from({ length: 51 }, (_, n) => layer("aaaaaaaaaaaa", "Extracting", n * 19, 950)),
  layer("aaaaaaaaaaaa", "Pull complete"),
  layer("cccccccccccc", "Pull complete"),
  { status: "Digest: sha256:0123" },
  { status: "Status: Downloaded newer image for r:5000/a:1" },
  layer("aaaaaaaaaaaa", "Pulling fs layer"),
];

/** An engine that has no image, and none after it was pulled either. */
function engineWithout(side: Side, news: readonly unknown[]): string {
  const path = Deno.makeTempDirSync({ prefix: "dockerpty-parity-" });
  side.defer(() => Deno.remove(path, { recursive: true }));
  const socket = `${path}/docker.sock`;
  const server = Deno.serve({ path: socket, onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url, "http://engine");
    if (pathname.endsWith("/_ping")) {
      return new Response("OK", { headers: { "api-version": "1.41" } });
    }
    if (!pathname.endsWith("/images/create")) {
      return Response.json({ message: "No such image: r:5000/a:1" }, { status: 404 });
    }
    return new Response(news.map((line) => `${JSON.stringify(line)}\r\n`).join(""));
  });
  side.defer(() => server.shutdown());
  return `unix://${socket}`;
}

/** What stands before the client's own complaint. */
const news = (text: string) => text.replace(/docker(?:pty run)?: .*/s, "");

parity("pull: on a pipe, the lines", { both: { code: 125, stdout: "" } }, async (side) => {
  const host = engineWithout(side, NEWS);
  const { code, stdout, stderr } = await side.run(["-H", host, "run", "r:5000/a:1"]);
  return { code, stdout, stderr: news(stderr) };
});

parity("pull: -q, nothing", { both: { code: 125, stderr: "" } }, async (side) => {
  const host = engineWithout(side, NEWS);
  const { code, stderr } = await side.run(["-H", host, "run", "-q", "r:5000/a:1"]);
  return { code, stderr: news(stderr) };
});

async function failing(side: Side, flag: string, message: string) {
  const error = { errorDetail: { message }, error: "x" };
  const host = engineWithout(side, [...NEWS.slice(0, 3), error]);
  const { code, stderr } = await side.run(["-H", host, "run", flag, "r:5000/a:1"]);
  // Ours says which image, where the words do not.
  const words = /^docker(?:pty run)?: (?:cannot pull r:5000\/a:1: )?(.*)$/m.exec(stderr)?.[1];
  return { code, stderr: news(stderr), words };
}

for (const flag of ["--pull=missing", "--pull=always"]) {
  const message = "dial tcp r:5000: connect: connection refused";
  parity(`pull: ${flag}: an error in the middle`, {
    both: { code: 125, words: message },
  }, (side) => failing(side, flag, message));
}

parity("pull: a registry's words that are also said of commands", {
  differs: {
    why: "126 and 127 are for the command: no command was looked at",
    thread: "-",
    docker: { code: 126 },
    dockerpty: { code: 125 },
  },
}, (side) => failing(side, "--pull=always", "denied: permission denied"));

async function atTerminal(side: Side, cols: number): Promise<string> {
  const host = engineWithout(side, NEWS);
  const argv = side.argv(["-H", host, "run", "r:5000/a:1"]);
  const env = commandEnv(side.settings);
  const terminal = side.use(Terminal.spawn(argv, { rows: 24, cols, env }));
  await terminal.exit;
  return news(terminal.rawText());
}

parity("pull: at a wide terminal, lines that are drawn again", {}, async (side) => {
  return { drawn: await atTerminal(side, 120) };
});

parity("pull: at a usual terminal, the same without the bars", {}, async (side) => {
  // Docker draws no bar there: a shorter one is a difference on purpose, looked at in unit tests.
  return { drawn: (await atTerminal(side, 80)).replace(/ \[=*> *\](?= )/g, "") };
});
