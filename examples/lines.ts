// Reads what a command in a container writes, line by line, while it goes on.
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/lines.ts
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { Client } from "@dockerpty/dockerpty";
import { TextLineStream } from "@std/streams/text-line-stream";

const client = new Client();
const script = "for i in 1 2 3; do echo line $i; sleep 0.2; done";
await using session = await client.run("busybox", ["sh", "-c", script], {
  network: "none",
  remove: true,
  dispose: "kill",
});

const lines = session.stdout
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
const started = performance.now();
for await (const line of lines) {
  const seconds = (performance.now() - started) / 1000;
  console.log(`${seconds.toFixed(1)} s: ${line}`);
}
