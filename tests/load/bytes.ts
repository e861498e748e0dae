/**
 * Gigabytes each way through the command, with a SHA-256 that is compared as it goes. Where nothing
 * else is said they are more than 32 bits can count.
 *
 *     deno task load:bytes [GIGABYTES]
 */
import { container } from "../harness/engine.ts";
import { bothWays } from "./both_ways.ts";

const length = Math.round(Number(Deno.args[0] ?? 4.4) * 1e9);
await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
const removed = ["run", "--rm", "-i", "--network", "none", "--log-driver", "none", "busybox"];
for (const args of [[...removed, "cat"], ["exec", "-i", box.name, "cat"]]) {
  console.log(`${length / 1e9} GB each way through ${args[0]} -i … cat`);
  const { sha256, time, memory } = await bothWays(args, length, {
    step: 512 << 20,
    progress: (length, sha256) => console.log(`  ${(length / 1e9).toFixed(1)} GB ${sha256}`),
  });
  const rate = (length / 1e6 / (time / 1000)).toFixed(0);
  console.log(
    `  all the same: ${sha256}\n  ${(time / 1000).toFixed(1)} s, ${rate} MB/s each way, ` +
      `${(memory / 1024).toFixed(0)} MiB of memory at most`,
  );
}
