/**
 * Writes 1 MB on stdout, as far as it is taken at once; then makes the file that it is given, and tells
 * on stderr how far, and whether stdout's own description still blocks.
 */
import { openReadyOutput } from "../../../src/terminal/deno_ready_output.ts";

const O_NONBLOCK = 0o4000;
const output = openReadyOutput(1);
if (output === null) {
  console.error("null");
} else {
  const count = output.write(new Uint8Array(1_000_000));
  Deno.writeTextFileSync(Deno.args[0], "");
  const [flags] = /(?<=flags:\s+)\d+/.exec(Deno.readTextFileSync("/proc/self/fdinfo/1"))!;
  console.error(JSON.stringify({ count, blocks: (parseInt(flags, 8) & O_NONBLOCK) === 0 }));
}
