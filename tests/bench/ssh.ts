/**
 * How long `exec C true` takes by ssh, beside docker's own command line, from start to end.
 *
 *     deno task bench:ssh
 */
import { commandEnv, dockerpty } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { noSshd, Sshd } from "../harness/sshd.ts";

const ROUNDS = 15;

const lacks = noSshd();
if (lacks !== undefined) {
  console.error(`SKIPPED: ${lacks}`);
  Deno.exit(1);
}

await using machine = await Sshd.start();
await using box = await container({ cmd: ["cat"], openStdin: true });
const env = commandEnv(machine.env());
const args = ["-H", machine.host, "exec", box.name, "true"];
const ways = { "docker's CLI": ["docker", ...args], dockerpty: dockerpty(args) };
const times: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, [command, ...rest]] of Object.entries(ways)) {
    const started = performance.now();
    const { success, stderr } = await new Deno.Command(command, { args: rest, env }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    // The first round warms the caches up.
    if (round > 0) (times[name] ??= []).push(performance.now() - started);
  }
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
for (const [name, values] of Object.entries(times)) {
  console.log(
    `${name}: ${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} at best)`,
  );
}
const [docker, ours] = Object.values(times).map(median);
console.log(`ratio: ${(ours / docker).toFixed(2)}`);
await machine.quiet();
