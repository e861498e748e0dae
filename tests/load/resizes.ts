/**
 * A window that is resized thousands of times while a program floods it: no line is lost, and the last
 * size is the one that stays.
 *
 *     deno task load:resizes [COUNT]
 */
import { container } from "../harness/engine.ts";
import { resizeStorm } from "./resize_storm.ts";

const count = Number(Deno.args[0] ?? 10_000);
await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
const { lines, time } = await resizeStorm(box, count);
console.log(
  `${count} sizes in ${
    (time / 1000).toFixed(1)
  } s, ${lines} lines in the meantime: none is missing, ` +
    "and the last size is right",
);
