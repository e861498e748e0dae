// Feeds a command in a container that runs already, and prints what it makes of that.
//
//   S=/var/run/docker.sock
//   docker run -d --name box --network none busybox sleep 600
//   echo hello | deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/exec.ts box
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { Client } from "@dockerpty/dockerpty";

const [container, ...command] = Deno.args;
if (container === undefined) {
  console.error("usage: exec.ts CONTAINER [COMMAND] [ARG...]");
  Deno.exit(1);
}
const client = new Client();
const wanted = command.length > 0 ? command : ["tr", "a-z", "A-Z"];
const session = await client.exec(container, wanted, { stdin: "piped" });

// Closing stdin, as a pipe does at its end, ends the command's input; its output goes on.
Deno.stdin.readable.pipeTo(session.stdin!).catch(() => {
  // The command may end before it has read everything.
});
try {
  await Promise.all([
    session.stdout.pipeTo(Deno.stdout.writable),
    session.stderr?.pipeTo(Deno.stderr.writable),
  ]);
} catch (error) {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  // Whoever read it has left, as `head` does: the command is not to run on for nobody.
  await session.kill("SIGKILL");
  Deno.exit(141);
}
const status = await session.status;
Deno.exit(status.reason === "exited" ? status.code : 0);
