/** Writing what is taken at once, on real pipes. What is no pipe and no terminal is descriptors_test's. */
import { assert, assertEquals } from "@std/assert";
import { temporaryFolder } from "../engine/piped.ts";
import { commandEnv } from "../harness/command.ts";

const script = new URL("scripts/ready_output.ts", import.meta.url).pathname;
const ignore = Deno.build.os !== "linux";

/** What the script tells where its stdout goes to `reader`, a shell's part of a pipeline. */
async function told(reader: string, ...flags: string[]) {
  await using folder = await temporaryFolder();
  const deno = `"$DENO" run --quiet -A ${flags.join(" ")} ${script} "$MARKER"`;
  const { stderr } = await new Deno.Command("sh", {
    args: ["-c", `${deno} ${reader}`],
    env: commandEnv({ MARKER: `${folder.path}/written` }),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return JSON.parse(new TextDecoder().decode(stderr).trim().split("\n").at(-1)!);
}

Deno.test(
  "ready output: a pipe takes what fits, without waiting for its reader",
  { ignore },
  async () => {
    const reader = '| { until [ -e "$MARKER" ]; do sleep 0.05; done; cat; }';
    const { count, blocks } = await told(reader);
    assert(count >= 4096 && count < 1_000_000, `${count} bytes`);
    assertEquals(blocks, true);
  },
);

Deno.test("ready output: a reader that is gone takes nothing", { ignore }, async () => {
  // The shell's part ends at once; by when Deno has started, nobody reads.
  assertEquals(await told("| exec true"), { count: 0, blocks: true });
});

Deno.test("ready output: without the permission there is none", { ignore }, async () => {
  assertEquals(await told("| cat", "--deny-ffi"), null);
});
