/**
 * Runs code that nobody has looked at: without a network, with little memory and few processes, as
 * nobody, on a file system that cannot be written to, and for two seconds at most.
 *
 * With an engine on a unix socket S:
 * deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/sandboxed_code.ts
 * (and --allow-env=DOCKER_HOST where that says which socket it is)
 */
import { capture, Client } from "@dockerpty/dockerpty";

const client = new Client();

for (const code of ["echo $((6 * 7))", "while true; do :; done"]) {
  const session = client.run("busybox", ["sh"], {
    stdin: "piped",
    user: "nobody",
    network: "none",
    remove: true,
    create: {
      HostConfig: {
        Memory: 64 * 1024 * 1024,
        PidsLimit: 16,
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
      },
    },
  });
  try {
    const limits = { input: code, limit: 64 * 1024, timeout: 2000 };
    const { status, stdout } = await capture(session, limits);
    console.log(code, "→", status, new TextDecoder().decode(stdout).trim());
  } catch (error) {
    console.log(code, "→", String(error));
  }
}
