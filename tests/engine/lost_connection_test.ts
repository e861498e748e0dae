/** A connection to the engine that is cut while a command runs: never taken for the command's end. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { bare, idle } from "./piped.ts";
import { Relay } from "./relay.ts";
import { ResetRelay } from "./reset_relay.ts";

const script = ["sh", "-c", "echo ready; exec sleep 60"];

interface Lost {
  code: number;
  stdout: string;
  stderr: string;
}

function assertLost({ code, stdout, stderr }: Lost): void {
  if (underTest === "docker") return;
  assertEquals({ code, stdout: stdout.trimEnd() }, { code: 125, stdout: "ready" }, stderr);
  assertMatch(stderr, /^dockerpty[^\n]*\n$/);
  assertMatch(stderr, /connection to the engine was lost|the engine ended the output/);
  assertMatch(stderr, /may still be running/);
}

for (const how of ["stop", "cut"] as const) {
  const when = how === "stop" ? "and the engine is away" : "and the engine answers again";

  for (const tty of [[], ["-t"]]) {
    const flags = tty.join("");
    testWithEngine(`command: lost connection, ${when}: run ${flags}`, async () => {
      await using relay = new Relay();
      await using box = containerToCome();
      const options = ["--name", box.name, ...tty, ...bare];
      await using run = new Live(["-H", relay.host, "run", ...options, "busybox", ...script]);
      await run.waitFor("ready");
      relay[how]();
      assertLost(await run.end());
      assert((await box.state()).Running);
    });

    testWithEngine(`command: lost connection, ${when}: exec ${flags}`, async () => {
      await using relay = new Relay();
      await using box = await idle();
      await using exec = new Live(["-H", relay.host, "exec", ...tty, box.name, ...script]);
      await exec.waitFor("ready");
      relay[how]();
      assertLost(await exec.end());
    });
  }

  testWithEngine(`command: lost connection, ${when}: attach, and start -a`, async () => {
    await using relay = new Relay();
    const often = "for i in $(seq 300); do echo ready; sleep 0.1; done";
    await using box = await container({ cmd: ["sh", "-c", often], start: false });
    await using start = new Live(["-H", relay.host, "start", "-a", box.name]);
    await start.waitFor("ready");
    await using attached = new Live(["-H", relay.host, "attach", box.name]);
    await attached.waitFor("ready");
    relay[how]();
    assertLost({ ...await start.end(), stdout: "ready" });
    assertLost({ ...await attached.end(), stdout: "ready" });
  });
}

testWithEngine("command: lost connection, of the stream alone", async () => {
  await using relay = new Relay();
  await using box = await container({ cmd: script, start: false });
  for (const verb of [["start", "-a", box.name], ["exec", box.name, ...script]]) {
    await using live = new Live(["-H", relay.host, ...verb]);
    await live.waitFor("ready");
    relay.cut(/\/attach|\/exec\/\w+\/start/);
    assertLost(await live.end());
    assert((await box.state()).Running);
  }
});

testWithEngine("command: lost connection, of all but the stream", async () => {
  await using relay = new Relay();
  await using box = await container({ cmd: script, start: false });
  await using live = new Live(["-H", relay.host, "start", "-a", box.name]);
  await live.waitFor("ready");
  relay.cut(/\/wait/);
  await box.kill();
  // What ended it is not known for sure; that it is known to be an end is enough.
  const { code, stdout, stderr } = await live.end();
  if (underTest === "docker") return;
  assert(code === 137 || code === 125 && stderr !== "", `${code} ${stderr}`);
  assertEquals(stdout, "ready\n");
});

for (const tty of [[], ["-t"]]) {
  testWithEngine(`command: lost connection, by a reset over TCP: exec ${tty}`, async () => {
    await using relay = await ResetRelay.start();
    await using box = await idle();
    await using exec = new Live(["-H", relay.host, "exec", ...tty, box.name, ...script]);
    await exec.waitFor("ready");
    relay.reset();
    assertLost(await exec.end());
  });
}

testWithEngine(
  "command: lost connection, by a reset over TCP: --reconnect attaches again",
  async () => {
    if (underTest === "docker") return;
    await using relay = await ResetRelay.start();
    const echoTwice = "read one; echo $one; read two; echo $two; exit 3";
    await using box = await container({ cmd: ["sh", "-c", echoTwice], openStdin: true });
    const flags = ["-H", relay.host, "attach", "--reconnect", box.name];
    await using attached = new Live(flags, { stdin: "piped" });
    await attached.write("one\n");
    await attached.waitFor("one\n");
    relay.reset();
    await attached.waitFor("attached again", { stream: "stderr" });
    await attached.write("two\n");
    const { code, stdout } = await attached.end();
    assertEquals([code, stdout], [3, "one\ntwo\n"]);
  },
);

testWithEngine("command: lost connection: --debug adds the cause and the stack", async () => {
  await using relay = new Relay();
  await using box = containerToCome();
  const args = ["-H", relay.host, "--debug", "run", "--name", box.name, ...bare, "busybox"];
  await using run = new Live([...args, ...script]);
  await run.waitFor("ready");
  relay.stop();
  const { code, stderr } = await run.end();
  if (underTest === "docker") return;
  assertEquals(code, 125);
  const [first, ...rest] = stderr.split("\n");
  assertMatch(first, /^dockerpty run: .*lost/);
  assertMatch(rest.join("\n"), /ConnectionLostError: [\s\S]*\n {4}at /);
  assertMatch(rest.join("\n"), /\[cause\]|Caused by/);
});
