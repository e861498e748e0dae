// dockerode, called as docker's command line is: exec [-i] [-t] C CMD..., run IMAGE CMD...
import { createRequire } from "node:module";

const Docker = createRequire(`${process.env.DOCKERODE}/`)("dockerode");
const docker = new Docker();
const [verb, ...rest] = process.argv.slice(2);
const flags = [];
while (rest[0].startsWith("-")) flags.push(rest.shift());
const stdin = flags.some((flag) => flag.includes("i"));
const tty = flags.some((flag) => flag.includes("t"));
const [name, ...command] = rest;

if (verb === "run") {
  const settings = { AutoRemove: true, NetworkMode: "none", LogConfig: { Type: "none" } };
  const streams = [process.stdout, process.stderr];
  const [{ StatusCode }] = await docker.run(name, command, streams, {
    Tty: false,
    HostConfig: settings,
  });
  process.exit(StatusCode);
} else {
  const exec = await docker.getContainer(name).exec({
    Cmd: command,
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
  });
  const stream = await exec.start({ hijack: true, stdin, Tty: tty });
  if (tty) stream.pipe(process.stdout);
  else docker.modem.demuxStream(stream, process.stdout, process.stderr);
  if (stdin) {
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.pipe(stream);
  }
  stream.on("end", async () => process.exit((await exec.inspect()).ExitCode));
}
