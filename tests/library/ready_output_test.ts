/** Writing what is taken at once, on real pipes and terminals. */
import { assertEquals } from "@std/assert";
import { commandEnv } from "../harness/command.ts";

const script = new URL("scripts/ready_output.ts", import.meta.url).pathname;
const PIPE_CAPACITY = 65_536;

/** What the script tells where its stdout goes to `reader`, a shell's part of a pipeline. */
async function told(reader: string, ...flags: string[]) {
  const deno = `"$DENO" run --quiet -A ${flags.join(" ")} ${script}`;
  const { stderr } = await new Deno.Command("sh", {
    args: ["-c", `${deno} ${reader}`],
    env: commandEnv(),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return JSON.parse(new TextDecoder().decode(stderr).trim().split("\n").at(-1)!);
}

const ignore = Deno.build.os !== "linux";

Deno.test(
  "ready output: a pipe takes what fits, without waiting for its reader",
  { ignore },
  async () => {
    const fits = { count: PIPE_CAPACITY, blocks: true };
    assertEquals(await told("| { sleep 1; cat; }"), fits);
  },
);

Deno.test("ready output: a reader that is gone takes nothing", { ignore }, async () => {
  // The shell's part ends at once; by when Deno has started, nobody reads.
  assertEquals(await told("| exec true"), { count: 0, blocks: true });
});

Deno.test("ready output: without the permission there is none", { ignore }, async () => {
  assertEquals(await told("| cat", "--deny-ffi"), null);
});
