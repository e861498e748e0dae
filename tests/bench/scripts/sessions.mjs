// Many sessions at once in one process, with dockerode: sessions.mjs C N. The same as sessions.ts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const Docker = createRequire(`${process.env.DOCKERODE}/`)("dockerode");
const docker = new Docker();
const [container, count] = process.argv.slice(2);
const line = "a line, there and back\n";

async function open() {
  const exec = await docker.getContainer(container).exec({
    Cmd: ["cat"],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  // 8 bytes of the frame's header come with the line.
  const back = new Promise((resolve) => {
    let seen = 0;
    stream.on("data", (bytes) => (seen += bytes.length) >= line.length + 8 && resolve());
  });
  stream.write(line);
  await back;
  return stream;
}

async function end(stream) {
  const ended = new Promise((resolve) => stream.on("end", resolve));
  stream.end();
  await ended;
}

for (let before = 0; before < 20; before++) await end(await open());
const first = await open();
const alone = settled();
const started = performance.now();
const others = await Promise.all(Array.from({ length: count - 1 }, open));
const wall = performance.now() - started;
const memory = settled() - alone;
console.log(JSON.stringify({ wall, memory }));
for (const opened of [first, ...others]) await end(opened);
process.exit();

/** What is resident, in KiB, when what is no longer needed has been given back. */
function settled() {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.();
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
}
