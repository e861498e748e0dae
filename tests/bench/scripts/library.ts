/** The library's Web Streams, called as docker's command line is: exec [-i] [-t] C CMD... */
import { Client } from "@dockerpty/dockerpty";

const [, ...rest] = Deno.args;
const flags = [];
while (rest[0].startsWith("-")) flags.push(rest.shift()!);
const [container, ...command] = rest;
const stdin = flags.includes("-i") ? "piped" as const : "null" as const;
const session = await new Client().exec(container, command, { stdin, tty: flags.includes("-t") });
const [status] = await Promise.all([
  session.status,
  session.stdout.pipeTo(Deno.stdout.writable),
  session.stderr?.pipeTo(Deno.stderr.writable),
  session.stdin && Deno.stdin.readable.pipeTo(session.stdin),
]);
Deno.exit(status.reason === "exited" ? status.code : 1);
