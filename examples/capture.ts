// Runs a command in a new container, and has its output and its exit code.
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/capture.ts
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
import { Client } from "@dockerpty/dockerpty";

const client = new Client();
const command = ["sh", "-c", "uname; echo 'not so good' >&2; exit 3"];
const session = await client.run("busybox", command, { network: "none", remove: true });
const { status, stdout, stderr } = await session.output();

const decoder = new TextDecoder();
console.log("stdout:", decoder.decode(stdout).trimEnd());
console.log("stderr:", decoder.decode(stderr).trimEnd());
// An exit code is a value: a command that fails throws nothing.
console.log("status:", status);
