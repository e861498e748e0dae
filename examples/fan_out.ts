// Runs the same command in several containers at once, each line with its container's name.
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/fan_out.ts web db -- uptime
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { Client, DockerptyError } from "@dockerpty/dockerpty";
import { TextLineStream } from "@std/streams/text-line-stream";

const dashes = Deno.args.indexOf("--");
const containers = Deno.args.slice(0, Math.max(dashes, 0));
const command = Deno.args.slice(dashes + 1);
if (containers.length === 0 || command.length === 0) {
  console.error("usage: fan_out.ts CONTAINER... -- COMMAND [ARG...]");
  Deno.exit(1);
}

const client = new Client();
const width = Math.max(...containers.map((name) => name.length));

async function show(name: string, bytes: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const lines = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) console.log(`${name.padEnd(width)} | ${line}`);
}

/** Resolves to whether the command has ended with 0. */
async function runIn(name: string): Promise<boolean> {
  try {
    await using session = await client.exec(name, command, { dispose: "kill" });
    await Promise.all([show(name, session.stdout), show(name, session.stderr!)]);
    const status = await session.status;
    return status.reason === "exited" && status.code === 0;
  } catch (error) {
    // One that is missing or stopped does not keep the others from it.
    if (!(error instanceof DockerptyError)) throw error;
    console.error(`${name.padEnd(width)} ! ${error.message}`);
    return false;
  }
}

const results = await Promise.all(containers.map(runIn));
if (results.includes(false)) Deno.exit(1);
