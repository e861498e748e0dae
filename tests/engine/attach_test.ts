import { assert, assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { isPodman } from "./piped.ts";

/** Answers each line that is typed, and says `welcome` until one was. Ends at `quit`, with 9. */
const answering = `
while ! [ -e /typed ]; do echo welcome; sleep 0.1; done & welcome=$!
echo to stderr >&2
while read -r line; do
  touch /typed
  wait $welcome
  [ "$line" != quit ] || exit 9
  echo "got $line"
done
touch /ended
exec sleep 60`;

const readsOn = () =>
  container({ cmd: ["sh", "-c", answering], openStdin: true, logDriver: "none" });

testWithEngine("command: attach: output, input, and the code", async () => {
  await using box = await readsOn();
  await using attached = new Live(["attach", box.name], { stdin: "piped" });
  await attached.waitFor("welcome\n");
  await attached.write("one\ntwo\n");
  await attached.waitFor("got one\ngot two\n");
  await attached.write("quit\n");
  assertEquals((await attached.end()).code, 9);
});

testWithEngine("command: attach: the container outlives the end of stdin", async () => {
  if (await isPodman()) return; // It has no stdin that stays open for others.
  await using box = await readsOn();
  await using attached = new Live(["attach", box.name], { stdin: "piped" });
  await attached.waitFor("welcome\n");
  await attached.write("one\n");
  await attached.closeStdin();
  await attached.waitFor("got one\n");
  assert((await box.state()).Running);
  // Its stdin is open still, for whoever comes next.
  await using next = new Live(["attach", box.name], { stdin: "piped" });
  await next.write("two\n");
  await next.waitFor("got two\n");
  const ended = (await box.exec(["test", "-e", "/ended"])).code === 0;
  assert(!ended, "it has read an end");
  await next.write("quit\n");
  assertEquals((await next.end()).code, 9);
  if (underTest === "docker") return;
  assertEquals((await attached.end()).code, 9, "whoever has nothing more to say still listens");
});

testWithEngine("command: attach: with StdinOnce, the container reads the end", async () => {
  await using box = await container({
    cmd: ["sh", "-c", "cat; echo end; exit 4"],
    openStdin: true,
    stdinOnce: true,
  });
  await using attached = new Live(["attach", box.name], { stdin: "piped" });
  await attached.write("typed\n");
  await attached.waitFor("typed\n");
  await attached.closeStdin();
  const { code, stdout } = await attached.end();
  assertEquals({ code, stdout }, { code: 4, stdout: "typed\nend\n" });
});

testWithEngine("command: attach: --no-stdin leaves stdin to others", async () => {
  await using box = await readsOn();
  await using attached = new Live(["attach", "--no-stdin", box.name], { stdin: "piped" });
  await attached.waitFor("welcome\n");
  await attached.write("unread\n");
  await attached.closeStdin();
  await using other = new Live(["attach", box.name], { stdin: "piped" });
  await other.waitFor("welcome\n");
  await other.write("one\n");
  await attached.waitFor("got one\n");
  assert(!attached.stdout.includes("unread"), attached.stdout);
  await other.write("quit\n");
  assertEquals([(await other.end()).code, (await attached.end()).code], [9, 9]);
});

testWithEngine("command: attach: stderr is apart", async () => {
  const script = "while ! [ -e /stop ]; do echo out; echo err >&2; sleep 0.1; done; exit 3";
  await using box = await container({ cmd: ["sh", "-c", script] });
  await using attached = new Live(["attach", box.name]);
  await attached.waitFor("out\n");
  await attached.waitFor("err\n", { stream: "stderr" });
  await box.exec(["touch", "/stop"]);
  const { code, stdout, stderr } = await attached.end();
  assertEquals([code, stdout.includes("err"), stderr.includes("out")], [3, false, false]);
});

testWithEngine("command: attach: renamed meanwhile, the code is right all the same", async () => {
  await using box = await readsOn();
  await using attached = new Live(["attach", box.name], { stdin: "piped" });
  await attached.waitFor("welcome\n");
  await box.rename(`${box.name}-renamed`);
  await attached.write("quit\n");
  assertEquals((await attached.end()).code, 9);
});

testWithEngine("command: attach: with a tty, without a terminal here", async () => {
  const script = "until [ -e /stop ]; do echo out; echo err >&2; sleep 0.1; done; exit 5";
  await using box = await container({ cmd: ["sh", "-c", script], tty: true });
  await using attached = new Live(["attach", "--no-stdin", box.name]);
  await attached.waitFor("out\r\n");
  await box.exec(["touch", "/stop"]);
  const { code, stdout, stderr } = await attached.end();
  assertEquals({ code, stderr }, { code: 5, stderr: "" });
  assert(stdout.includes("err\r\n"), stdout);
});

for (const verb of ["attach --no-stdin", "start -a"]) {
  testWithEngine(`command: ${verb}: who only watches a tty leaves it by a signal`, async () => {
    // Its client goes on in the first case, and ends with the code 0 in the second.
    if (underTest === "docker") return;
    const script = "trap 'exit 9' INT TERM; while :; do echo tick; sleep 0.1; done";
    const attaches = verb.startsWith("attach");
    await using box = await container({ cmd: ["sh", "-c", script], tty: true, start: attaches });
    await using watching = new Live([...verb.split(" "), box.name]);
    await watching.waitFor("tick");
    watching.kill("SIGINT");
    const { code, signal } = await watching.end();
    assertEquals([signal ?? code, (await box.state()).Running], ["SIGINT", true]);
    await using passing = new Live(["attach", "--no-stdin", "--sig-proxy", box.name]);
    await passing.waitFor("tick");
    passing.kill("SIGINT");
    assertEquals([(await passing.end()).code, (await box.state()).Running], [9, false]);
  });
}

testWithEngine("command: attach: two at once see the same", async () => {
  await using box = await readsOn();
  await using one = new Live(["attach", "--no-stdin", box.name]);
  await using two = new Live(["attach", box.name], { stdin: "piped" });
  await one.waitFor("welcome\n");
  await two.waitFor("welcome\n");
  await two.write("hello\n");
  for (const attached of [one, two]) await attached.waitFor("got hello\n");
  await box.kill();
  assertEquals([(await one.end()).code, (await two.end()).code], [137, 137]);
});
