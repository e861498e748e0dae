// A shell in a new container, at your terminal. The container goes when the shell ends.
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/shell.ts [IMAGE]
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { run } from "@dockerpty/dockerpty";

const [image = "busybox"] = Deno.args;
const status = await run(image, ["sh"], { network: "none", remove: true });

// Leaving by ctrl-p ctrl-q is no failure: the shell runs on.
Deno.exit(status.reason === "exited" ? status.code : 0);
