// The example of the original dockerpty, for Python, in Deno:
//
//   import docker
//   import dockerpty
//
//   client = docker.Client()
//   container = client.create_container(
//       image='busybox:latest',
//       stdin_open=True,
//       tty=True,
//       command='/bin/sh',
//   )
//
//   dockerpty.start(client, container)
//
// At a terminal:
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/original.ts
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { run } from "@dockerpty/dockerpty";

// Like there, the container stays when its shell has ended: `start(name)` goes on with it.
const [name] = Deno.args;
const status = await run("busybox:latest", ["/bin/sh"], { tty: true, network: "none", name });

// There, one could not tell.
console.log(status);
