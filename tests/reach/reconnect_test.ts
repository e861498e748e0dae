/** `reconnect`: an engine that is restarted under a session, and an ssh connection that is cut. */
import { assertEquals, assertMatch } from "@std/assert";
import { Client, type ReconnectEvent } from "@dockerpty/dockerpty";
import { Live } from "../engine/live.ts";
import { dockerpty, underTest } from "../harness/command.ts";
import { LiveRestoreEngine, noLiveRestoreEngine } from "../harness/live_restore_engine.ts";
import { Shell } from "../harness/shell.ts";
import { noSshd, Sshd } from "../harness/sshd.ts";
import { containerToCome } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { quoted, testWith, uniqueName } from "./verbs.ts";

/** Not one that is removed at its end: Docker 20.10 removes those that it finds running, too. */
const RUN = ["run", "--network", "none", "--reconnect"];

const patient = { timeout: 60_000 };
const only = underTest === "docker" ? "docker has no --reconnect" : undefined;

/** What is typed and shown when the engine comes back, and what the container's shell still knows. */
async function checkShell(
  { flags, env, name }: { flags: string[]; env?: Record<string, string>; name: string },
  cut: () => Promise<void>,
  heal: () => Promise<void>,
): Promise<void> {
  await using shell = await Shell.open({ rows: 20, cols: 70, env });
  const modes = await shell.modes();
  const args = [...flags, ...RUN, "-it", "--name", name, "busybox", "sh"];
  shell.run(`clear; ${quoted(dockerpty(args))}`);
  await shell.waitForEnd(["/ #"], patient);
  shell.type("x=kept; stty size\r");
  await shell.waitForEnd(["20 70", "/ #"], patient);
  await cut();
  await shell.waitForOutput(/attaching again \(ctrl-c gives up\)\r\n/, patient);
  // There is no session to send keys to, and the terminal stays as it was.
  const settings = await shell.settings();
  assertEquals(["-icanon", "-echo", "-isig"].filter((mode) => !settings.has(mode)), []);
  const since = shell.raw.length;
  shell.type("echo $x and");
  shell.resize(28, 105);
  shell.type(" $((6 * 7)); until stty size | grep '28 105'; do sleep 0.1; done\r");
  await heal();
  await shell.waitForOutput(
    /attached again; .*from the container's log.*\r\n.*kept and 42\r\n28 105\r\n/s,
    {
      since,
      ...patient,
    },
  );
  shell.type("exit 7\r");
  assertEquals(await shell.finished(patient), 7, shell.sinceRun);
  assertEquals(shell.sinceRun.match(/^kept and 42\r$/mg)?.length, 1, "the keys came once");
  assertEquals(await shell.modes(), modes);
}

testWith(only ?? noLiveRestoreEngine(), "reconnect: the engine is restarted", async (t) => {
  await using engine = await LiveRestoreEngine.start();
  const flags = ["-H", engine.host];

  await t.step("a shell at a terminal", async () => {
    await checkShell({ flags, name: uniqueName() }, () => engine.stop(), () => engine.again());
  });

  await t.step(
    "output on a pipe goes on without a gap, and the code is the process's",
    async () => {
      const script =
        "i=0; trap 'echo told; exit 9' TERM; while :; do i=$((i + 1)); echo $i; sleep 0.1; done";
      const name = uniqueName();
      const args = ["--name", name, "busybox", "sh", "-c", script];
      await using live = new Live([...flags, ...RUN, ...args]);
      await live.waitFor("5\n", patient);
      await engine.stop();
      await live.waitFor("attaching again\n", { stream: "stderr", ...patient });
      await engine.again();
      await live.waitFor("attached again; ", { stream: "stderr", ...patient });
      await engine.request("POST", `/containers/${name}/kill?signal=TERM`);
      const { code, stdout, stderr } = await live.end(patient);
      const numbers = stdout.match(/^[0-9]+$/mg)!;
      const all = Array.from(numbers, (_, index) => `${index + 1}\n`).join("");
      assertEquals([code, stdout], [9, `${all}told\n`], stderr);
    },
  );

  await t.step("a program's session goes on, and its output has no gap", async () => {
    const client = new Client({ endpoint: engine.host });
    const events: ReconnectEvent[] = [];
    const script =
      "i=0; trap 'echo told; exit 9' TERM; while :; do i=$((i + 1)); echo $i; sleep 0.1; done";
    await using session = await client.run("busybox", ["sh", "-c", script], {
      network: "none",
      reconnect: true,
      onReconnect: (event) => void events.push(event),
    });
    const output = session.output();
    const told = (count: number) =>
      until(() => events.length === count, { what: "it", ...patient });
    await engine.stop();
    await told(1);
    await engine.again();
    await told(2);
    await session.kill();
    const { status, stdout } = await output;
    const seen = new TextDecoder().decode(stdout);
    const all = seen.match(/^[0-9]+$/mg)!.map((_, index) => `${index + 1}\n`).join("");
    assertEquals([status, seen], [{ reason: "exited", code: 9 }, `${all}told\n`]);
    assertEquals(events, [{ state: "lost" }, { state: "attached", complete: true }]);
  });

  await t.step("a container that is gone by then is given up in one line", async () => {
    const name = uniqueName();
    const args = ["--name", name, "busybox", "sh", "-c", "echo ready; exec sleep 600"];
    await using live = new Live([...flags, ...RUN, ...args]);
    await live.waitFor("ready\n", patient);
    await engine.stop();
    await live.waitFor("attaching again\n", { stream: "stderr", ...patient });
    live.kill("SIGSTOP");
    await engine.again();
    await engine.request("DELETE", `/containers/${name}?force=1`);
    live.kill("SIGCONT");
    const { code, stderr } = await live.end(patient);
    assertEquals(code, 125);
    assertMatch(stderr, /\ndockerpty run: [^\n]*lost[^\n]*was removed since[^\n]*\n$/);
  });
}, 300_000);

testWith(only ?? noSshd(), "reconnect: ssh is cut", async () => {
  await using machine = await Sshd.start();
  await using box = containerToCome();
  await checkShell(
    { flags: ["-H", machine.host], env: machine.env(), name: box.name },
    async () => {
      machine.pause();
      await machine.cut();
    },
    () => Promise.resolve(machine.resume()),
  );
  await machine.quiet();
});
