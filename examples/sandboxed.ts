// May reach one engine and nothing else, proves it, and in the end gives up even that.
//
//   S=/var/run/docker.sock
//   deno run --no-prompt --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/sandboxed.ts
//
// For an engine with another socket: S=..., and $S behind the script's name as well.
import { Client } from "@dockerpty/dockerpty";

const [path = "/var/run/docker.sock"] = Deno.args;

const forbidden: Record<string, () => unknown> = {
  "read a file": () => Deno.readTextFile("/etc/passwd"),
  "write a file": () => Deno.writeTextFile("/tmp/sandboxed", ""),
  "reach another socket": () => Deno.connect({ transport: "unix", path: `${path}.other` }),
  "reach the network": () => Deno.connect({ hostname: "127.0.0.1", port: 80 }),
  "see the environment": () => Deno.env.get("HOME"),
  "run a program": () => new Deno.Command("true").output(),
  "load a library": () => Deno.dlopen("libc.so.6", {}),
};
for (const [deed, attempt] of Object.entries(forbidden)) {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      console.log(`may not ${deed}`);
      continue;
    }
  }
  console.error(`may ${deed}: grant this script less`);
  Deno.exit(1);
}

const client = new Client({ endpoint: { transport: "unix", path } });
const session = await client.run("busybox", ["sh", "-c", "read -r word; echo $word; exit 3"], {
  stdin: "piped",
  network: "none",
  remove: true,
});

// The session has its connections: it goes on when the way to the engine is given up.
await Deno.permissions.revoke({ name: "read", path });
await Deno.permissions.revoke({ name: "write", path });
await Deno.permissions.revoke({ name: "net", host: `unix:${path}` });
const refused = await client.exec(session.id, ["true"]).catch((error: Error) => error.name);
console.log("a second session:", refused);

await ReadableStream.from(["hello\n"]).pipeThrough(new TextEncoderStream()).pipeTo(session.stdin!);
const { status, stdout } = await session.output();
console.log("the first one:", new TextDecoder().decode(stdout).trim(), status);
