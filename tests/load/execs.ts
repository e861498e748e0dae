/**
 * Very many execs one after another, with every output and code checked.
 *
 *     deno task load:execs [COUNT]
 */
import { container } from "../harness/engine.ts";
import { inTurn } from "./in_turn.ts";

const count = Number(Deno.args[0] ?? 2000);
await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
const { time, descriptors } = await inTurn(box.name, count, (index) => {
  if (index % 200 === 0) console.log(`${index} …`);
});
console.log(
  `${count} execs in turn: all as they should be, ${(time / count).toFixed(1)} ms each, ` +
    `${descriptors} descriptors more than after the first`,
);
