/** Sessions that go on when the permissions that opened them are given up. */
import { assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { granted, printedGrants } from "./granted.ts";
import { IDLE } from "./verbs.ts";

const ignore = underTest === "docker";
const AT = ["-H", host];
const script = (path: string) => new URL(path, import.meta.url).pathname;

for (const verb of ["exec", "exec -t", "attach", "attach -t", "start"]) {
  testWithEngine(`permissions: given up after ${verb}: the session goes on`, async () => {
    const reading = ["sh", "-c", "read -r line; echo $line; sleep 0.3; exit 5"];
    const tty = verb.endsWith("-t");
    await using box = await container({
      cmd: verb.startsWith("exec") ? IDLE : reading,
      tty,
      openStdin: true,
      stdinOnce: !tty,
      start: verb !== "start",
    });
    const argv = granted(await printedGrants(AT), [host, verb, box.name], script("revoked.ts"));
    await using live = new Live([], { argv });
    const { code, stdout, stderr } = await live.end();
    assertEquals([code, stderr], [0, ""]);
    const { status, stdout: output } = JSON.parse(stdout);
    assertEquals(status, { reason: "exited", code: 5 });
    assertEquals(output, tty ? "typed\r\ntyped\r\n" : "typed\n");
  }, { ignore });
}

testWithEngine(
  "permissions: the sandboxed example proves itself, and notices too much",
  async () => {
    const grants = await printedGrants(AT);
    const path = host.replace("unix://", "");
    const example = script("../../examples/sandboxed.ts");
    await using live = new Live([], { argv: granted(grants, [path], example) });
    const { code, stdout, stderr } = await live.end();
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout.split("\n"), [
      "may not read a file",
      "may not write a file",
      "may not reach another socket",
      "may not reach the network",
      "may not see the environment",
      "may not run a program",
      "may not load a library",
      "a second session: PermissionError",
      'the first one: hello { reason: "exited", code: 3 }',
      "",
    ]);
    const much = granted([...grants, "--allow-env"], [path], example);
    await using other = new Live([], { argv: much });
    const result = await other.end();
    assertEquals([result.code, result.stderr], [
      1,
      "may see the environment: grant this script less\n",
    ]);
  },
  { ignore },
);
