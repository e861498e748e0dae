import { assert, assertEquals, assertMatch } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { Container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { Live } from "./live.ts";
import { assertRan, bare, runRemoved } from "./piped.ts";

const sh = (...args: string[]) => runRemoved("busybox", "sh", "-c", ...args);

testWithEngine("command: run: the code is the command's own", async () => {
  for (const code of [0, 5, 255]) assertRan(await runPiped(sh(`exit ${code}`)), { code });
});

testWithEngine("command: run: the code is 128 and the signal's number", async () => {
  assertRan(await runPiped(sh('sh -c "kill -TERM \\$\\$"; exit $?')), {
    code: 143,
    stderr: "Terminated\n",
  });
  await using box = containerToCome();
  await using run = new Live(["run", "--name", box.name, ...bare, "busybox", "sh", "-c", ready]);
  await run.waitFor("ready");
  await box.kill("KILL");
  assertEquals((await run.end()).code, 137);
});

const ready = "echo ready; exec sleep 60";

testWithEngine("command: run: stdout and stderr are apart", async () => {
  const script = "for i in 1 2 3; do echo out $i; echo err $i >&2; done";
  assertRan(await runPiped(sh(script)), {
    stdout: "out 1\nout 2\nout 3\n",
    stderr: "err 1\nerr 2\nerr 3\n",
  });
});

testWithEngine("command: run: with a tty they are one, with its line ends", async () => {
  const args = runRemoved("-t", "busybox", "sh", "-c", "tty -s && echo out; echo err >&2; exit 3");
  assertRan(await runPiped(args), { code: 3, stdout: "out\r\nerr\r\n" });
});

testWithEngine("command: run: bytes that are no text arrive as they are", async () => {
  const { stdout, code } = await runPiped(sh(String.raw`printf '\377\376\000\200\n'`));
  assertEquals({ code, bytes: [...stdout] }, { code: 0, bytes: [0xff, 0xfe, 0, 0x80, 0x0a] });
});

testWithEngine("command: run: the environment, given and passed on", async () => {
  const env = { DOCKERPTY_TEST_HERE: "from here", DOCKERPTY_TEST_GIVEN: "not this" };
  const flags = ["-e", "DOCKERPTY_TEST_GIVEN=a=b c", "-eDOCKERPTY_TEST_HERE"];
  const unset = ["--env", "DOCKERPTY_TEST_UNSET", "--env=DOCKERPTY_TEST_EMPTY="];
  const script = "env | grep ^DOCKERPTY_TEST | sort";
  const args = runRemoved(...flags, ...unset, "busybox", "sh", "-c", script);
  assertRan(await runPiped(args, { env }), {
    stdout: "DOCKERPTY_TEST_EMPTY=\nDOCKERPTY_TEST_GIVEN=a=b c\nDOCKERPTY_TEST_HERE=from here\n",
  });
});

testWithEngine("command: run: working directory, user and entrypoint", async () => {
  assertRan(await runPiped(runRemoved("-w/tmp", "busybox", "pwd")), { stdout: "/tmp\n" });
  assertRan(await runPiped(runRemoved("-u", "12:34", "busybox", "sh", "-c", "id -u; id -g")), {
    stdout: "12\n34\n",
  });
  assertRan(await runPiped(runRemoved("--entrypoint", "echo", "busybox", "-n", "hi")), {
    stdout: "hi",
  });
});

testWithEngine("command: run: flags behind the image are the command's", async () => {
  assertRan(await runPiped(runRemoved("busybox", "echo", "--rm", "-it", "--", "--help")), {
    stdout: "--rm -it -- --help\n",
  });
});

testWithEngine("command: run: a name, and what is left without --rm", async () => {
  await using box = containerToCome();
  assertRan(
    await runPiped([
      "run",
      "--name",
      box.name,
      "--network",
      "none",
      "busybox",
      "sh",
      "-c",
      "exit 4",
    ]),
    {
      code: 4,
    },
  );
  const { State, Config, HostConfig } = await box.inspect();
  assertEquals([State.Running, State.ExitCode, Config.Tty], [false, 4, false]);
  assertEquals(HostConfig.NetworkMode, "none");
});

testWithEngine("command: run: --rm, the container is gone when it ends", async () => {
  await using box = containerToCome();
  const { code } = await runPiped(runRemoved("--name", box.name, "busybox", "sh", "-c", "exit 6"));
  assertEquals({ code, exists: await box.exists() }, { code: 6, exists: false });
});

testWithEngine("command: run: --rm, it is gone after a failed start too", async () => {
  await using box = containerToCome();
  const { code } = await runPiped(runRemoved("--name", box.name, "busybox", "/nope"));
  assertEquals({ code, exists: await box.exists() }, { code: 127, exists: false });
});

testWithEngine("command: run: -d prints the id, and the container runs on", async () => {
  await using named = containerToCome();
  const flags = ["--name", named.name, "--log-driver", "none", ...bare];
  const { code, text, stderr } = await runPiped(["run", "-d", ...flags, "busybox", "sleep", "60"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(text, /^[0-9a-f]{64}\n$/);
  await using box = new Container(text.trim());
  const { Name, State, HostConfig } = await box.inspect();
  assert(State.Running);
  assert(Name.endsWith(named.name), Name);
  assertEquals(HostConfig.LogConfig.Type, "none");
});
