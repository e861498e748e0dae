/**
 * The command: `dockerpty run|start|attach|exec|shell …`.
 *
 * As it is published, all modules behind this one are joined in one file, which is found and loaded
 * faster: see scripts/assemble.ts. This one stays apart, as Deno compiles anew what it is named by
 * `jsr:`, and keeps the compiled code of all else.
 *
 * @module
 */
import { main } from "./command.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
