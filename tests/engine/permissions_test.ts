/** What the command does with few of Deno's permissions, on pipes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { permitted, socketGrants } from "./permitted.ts";
import { idle, runRemoved } from "./piped.ts";

const ignore = underTest === "docker";

async function run(grants: string[], args: string[], stdin = "") {
  await using live = new Live([], { argv: permitted(grants, args), stdin: "piped" });
  await live.write(stdin).catch(() => {});
  await live.closeStdin().catch(() => {});
  const { code, stdout, stderr } = await live.end();
  return { code, stdout, stderr };
}

testWithEngine("command: permissions: none; the error names the flags", async () => {
  const verbs: [string[], number][] = [
    [runRemoved("busybox", "true"), 125],
    [["start", "any"], 1],
    [["attach", "any"], 1],
    [["exec", "any", "true"], 1],
  ];
  for (const [args, code] of verbs) {
    const result = await run([], args);
    assertEquals([result.code, result.stdout], [code, ""], result.stderr);
    assertMatch(result.stderr, /^dockerpty [a-z]+: no permission [^\n]+\n$/);
    for (const flag of socketGrants) assertStringIncludes(result.stderr, flag);
  }
}, { ignore });

testWithEngine("command: permissions: one is missing; the error names that one", async () => {
  for (const missing of socketGrants) {
    const others = socketGrants.filter((flag) => flag !== missing);
    const { code, stderr } = await run(others, ["attach", "any"]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, missing);
    for (const flag of others) assertEquals(stderr.includes(flag), false, stderr);
  }
}, { ignore });

testWithEngine("command: permissions: the socket's three do for run", async () => {
  const script = "cat; echo err >&2; exit 5";
  const args = runRemoved("-i", "busybox", "sh", "-c", script);
  assertEquals(await run(socketGrants, args, "hi\n"), { code: 5, stdout: "hi\n", stderr: "err\n" });
}, { ignore });

testWithEngine(
  "command: permissions: the socket's three do for exec, and for a signal",
  async () => {
    await using box = await idle();
    const args = ["exec", "-i", box.name, "sh", "-c", "cat; echo err >&2; exit 5"];
    assertEquals(await run(socketGrants, args, "hi\n"), {
      code: 5,
      stdout: "hi\n",
      stderr: "err\n",
    });
    const script = "trap 'exit 33' TERM; echo ready; for i in $(seq 300); do sleep 0.1; done";
    const argv = permitted(socketGrants, ["exec", box.name, "sh", "-c", script]);
    await using exec = new Live([], { argv });
    await exec.waitFor("ready\n");
    exec.kill("SIGTERM");
    assertEquals((await exec.end()).code, 33);
  },
  { ignore },
);

testWithEngine("command: permissions: the socket's three do for start and attach", async () => {
  await using box = await container({
    cmd: ["sh", "-c", "read -r line; echo got $line; exit 6"],
    start: false,
    openStdin: true,
    stdinOnce: true,
  });
  assertEquals(await run(socketGrants, ["start", "-ai", box.name], "one\n"), {
    code: 6,
    stdout: "got one\n",
    stderr: "",
  });
  await box.start();
  assertEquals(await run(socketGrants, ["attach", box.name], "two\n"), {
    code: 6,
    stdout: "got two\n",
    stderr: "",
  });
}, { ignore });
