/**
 * Hundreds of execs at once, with every output and code checked, and what each of them takes.
 *
 *     deno task load:sessions [COUNT]
 */
import { container, engineVersion } from "../harness/engine.ts";
import { manySessions } from "./many_sessions.ts";

const count = Number(Deno.args[0] ?? 500);
await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
const { opened, ended, rss, heap, external } = await manySessions(box.name, count);
const each = (bytes: number) => `${(bytes / 1024 / count).toFixed(1)} KiB`;
const { Version } = await engineVersion();
console.log(`${count} sessions at once, on an engine of version ${Version}: all as they should be`);
console.log(
  `open after ${(opened / 1000).toFixed(1)} s, ended after ${(ended / 1000).toFixed(1)} s`,
);
console.log(`a session: ${each(rss)} of RSS, ${each(heap)} of heap, ${each(external)} outside it`);
