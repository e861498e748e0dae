/**
 * Drives a program by what it writes: types into a shell, and waits for its answers.
 *
 * With an engine on a unix socket S:
 * deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S examples/expect.ts
 * (and --allow-env=DOCKER_HOST where that says which socket it is)
 */
import { Client, Expect } from "@dockerpty/dockerpty";

const box = { network: "none", remove: true } as const;
// Whatever fails below: the shell does not outlive this block.
const options = { ...box, tty: true, stdin: "piped", dispose: "kill" } as const;
await using session = await new Client().run("busybox", ["sh"], options);
const shell = new Expect(session);
await shell.expect(/[#$] $/);
await shell.send("expr 6 '*' 7\n");
const { match } = await shell.expect(/^\d+/m);
console.log(`6 * 7 = ${match}`);
await shell.send("exit\n");
console.log(await session.status);
