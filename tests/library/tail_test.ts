/** attach with a tail: the log's last lines, and then what is written, without a gap or a repeat. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, EngineError, InvalidOptionError } from "@dockerpty/dockerpty";
import { type Container, container, testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";

const client = new Client();
const lines = (text: string) => text.split(/\r?\n/).filter((line) => line !== "");

const logged = async (box: Container) => {
  const { stdout, stderr } = await box.logs();
  return lines(stdout + stderr);
};

for (const tty of [false, true]) {
  const kind = tty ? "with a tty" : "without a tty";

  testWithEngine(`library: tail: ${kind}, of a container that is silent`, async () => {
    // Podman ends the stdin of a process when a client leaves it.
    const cmd = ["sh", "-c", "seq 1 50; until [ -e /go ]; do usleep 20000; done; echo more"];
    await using box = await container({ cmd, tty });
    await until(async () => (await logged(box)).length === 50, { what: "the log" });
    for (const [tail, first] of [[3, 48], [50, 1], [1000, 1]]) {
      await using session = await client.attach(box.name, { tail });
      const reader = session.stdout.getReader();
      let seen = "";
      while (!/50\r?\n$/.test(seen)) seen += new TextDecoder().decode((await reader.read()).value);
      assertEquals(lines(seen), Array.from({ length: 51 - first }, (_, i) => String(first + i)));
    }
    await using session = await client.attach(box.name, { tail: 1 });
    await box.exec(["touch", "/go"]);
    const { stdout } = await session.output();
    assertEquals(lines(new TextDecoder().decode(stdout)), ["50", "more"]);
  });

  testWithEngine(`library: tail: ${kind}, of a container that goes on writing`, async () => {
    // The pauses make the attach fall between lines, and within the log's delay.
    const cmd = ["sh", "-c", "for i in $(seq 1 300); do echo $i; usleep 1000; done"];
    for (let round = 0; round < 3; round++) {
      await using box = await container({ cmd, tty });
      await until(async () => (await logged(box)).length > 20, { what: "some lines" });
      await using session = await client.attach(box.name, { tail: 10 });
      const { stdout } = await session.output();
      const seen = lines(new TextDecoder().decode(stdout)).map(Number);
      assert(seen.length > 10 && seen[0] > 1, `${seen.length} lines, from ${seen[0]}`);
      assertEquals(seen, Array.from({ length: seen.length }, (_, i) => seen[0] + i));
      assertEquals(seen.at(-1), 300);
    }
  });
}

testWithEngine("library: tail: of a container whose output is not UTF-8", async () => {
  const cmd = [
    "sh",
    "-c",
    'for i in $(seq 1 300); do printf "$i \\351t\\351\\n"; usleep 1000; done',
  ];
  for (let round = 0; round < 3; round++) {
    await using box = await container({ cmd });
    await until(async () => (await logged(box)).length > 20, { what: "some lines" });
    await using session = await client.attach(box.name, { tail: 10 });
    const { stdout } = await session.output();
    const seen = lines(new TextDecoder("latin1").decode(stdout));
    const first = parseInt(seen[0]);
    assertEquals(seen.map((line) => parseInt(line)), seen.map((_, i) => first + i));
    assertEquals(seen.at(-1), "300 été");
  }
});

testWithEngine("library: tail: stdout and stderr each", async () => {
  const cmd = ["sh", "-c", "for i in 1 2 3; do echo o$i; echo e$i >&2; done; read _"];
  await using box = await container({ cmd, openStdin: true });
  await until(async () => (await logged(box)).length === 6, { what: "the log" });
  await using session = await client.attach(box.name, { tail: 6 });
  const stdout = session.stdout.getReader(), stderr = session.stderr!.getReader();
  let out = "", err = "";
  while (!out.includes("o3")) out += new TextDecoder().decode((await stdout.read()).value);
  while (!err.includes("e3")) err += new TextDecoder().decode((await stderr.read()).value);
  assertEquals([lines(out), lines(err)], [["o1", "o2", "o3"], ["e1", "e2", "e3"]]);
});

testWithEngine("library: tail: what cannot be", async () => {
  await using box = await container({ cmd: ["cat"], openStdin: true, logDriver: "none" });
  await assertRejects(() => client.attach(box.name, { tail: -1 }), InvalidOptionError, "(-1)");
  await assertRejects(() => client.attach(box.name, { tail: 5 }), EngineError, "read");
});
