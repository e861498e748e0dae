import { assert, assertEquals, assertMatch } from "@std/assert";
import { runPiped, underTest } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { assertRan, idle, isPodman, untilExists } from "./piped.ts";

testWithEngine("command: exec: the code, and stdout and stderr apart", async () => {
  await using box = await idle();
  for (const code of [0, 5, 255]) {
    const script = `echo out; echo err >&2; exit ${code}`;
    assertRan(await runPiped(["exec", box.name, "sh", "-c", script]), {
      code,
      stdout: "out\n",
      stderr: "err\n",
    });
  }
  assertRan(await runPiped(["exec", box.name, "sh", "-c", "kill -TERM $$"]), { code: 143 });
  assert((await box.state()).Running);
});

testWithEngine("command: exec -t: one stream with its line ends, and TERM", async () => {
  await using box = await idle();
  const script = "tty -s && echo out; echo err >&2; echo ${TERM-unset}; exit 3";
  assertRan(await runPiped(["exec", "-t", box.name, "sh", "-c", script]), {
    code: 3,
    stdout: "out\r\nerr\r\nxterm\r\n",
  });
  assertRan(await runPiped(["exec", box.name, "sh", "-c", "echo ${TERM-unset}"]), {
    stdout: await isPodman() ? "xterm\n" : "unset\n",
  });
});

testWithEngine("command: exec: environment, working directory and user", async () => {
  await using box = await container({ cmd: ["cat"], openStdin: true, env: ["KEPT=by container"] });
  const env = { DOCKERPTY_TEST_HERE: "from here" };
  // Podman's exec refuses a name that has no value, whoever sends it.
  const unset = await isPodman() ? [] : ["-e", "DOCKERPTY_TEST_UNSET"];
  const flags = ["-e", "GIVEN=a=b c", "-e", "DOCKERPTY_TEST_HERE", ...unset];
  const script = "env | grep -E '^(KEPT|GIVEN|DOCKERPTY_TEST)' | sort; pwd; id -u; id -g";
  const args = ["exec", ...flags, "-w/tmp", "--user=12:34", box.name, "sh", "-c", script];
  assertRan(await runPiped(args, { env }), {
    stdout: "DOCKERPTY_TEST_HERE=from here\nGIVEN=a=b c\nKEPT=by container\n/tmp\n12\n34\n",
  });
});

testWithEngine("command: exec: --privileged has rights that others lack", async () => {
  await using box = await idle();
  const capabilities = (...flags: string[]) =>
    runPiped(["exec", ...flags, box.name, "grep", "CapEff", "/proc/self/status"]);
  const parse = (text: string) => BigInt(`0x${text.split(/\s+/)[1]}`);
  const plain = await capabilities();
  assertEquals(plain.code, 0, plain.stderr);
  const privileged = await capabilities("--privileged");
  if (privileged.code === 0) {
    assert(parse(privileged.text) > parse(plain.text), privileged.text);
  } else {
    // The engine itself may lack rights on this machine: then it says that it cannot give them.
    assertMatch(privileged.stderr + privileged.text, /apply caps: operation not permitted/);
  }
});

testWithEngine("command: exec: -d goes on without us, and prints nothing", async () => {
  await using box = await idle();
  const script = "echo unseen; until [ -e /go ]; do sleep 0.05; done; touch /done";
  assertRan(await runPiped(["exec", "-d", box.name, "sh", "-c", script]), {});
  await box.exec(["touch", "/go"]);
  await untilExists(box, "/done");
});

testWithEngine("command: exec: a command that cannot be started, on stderr", async () => {
  await using box = await idle();
  // Docker's own CLI writes this to stdout, and ends with 126 for both.
  for (const [command, code] of [["/nope", 127], ["nope-in-path", 127], ["/etc", 126]] as const) {
    for (const flags of [[], ["-i"], ["-t"]]) {
      const result = await runPiped(["exec", ...flags, box.name, command]);
      if (underTest === "docker") continue;
      assertEquals({ code: result.code, stdout: result.text }, { code, stdout: "" }, command);
      assertMatch(result.stderr, new RegExp(`^dockerpty exec: [^\\n]*${command}[^\\n]*\\n$`));
    }
  }
});

testWithEngine("command: exec: output that reads like such a failure is output", async () => {
  await using box = await idle();
  const text = "OCI runtime exec failed: exec failed: no such file or directory";
  // Podman has nothing but the words and the code to tell the two by.
  for (const code of await isPodman() ? [0, 5] : [0, 5, 126, 127]) {
    const script = `echo '${text}'; exit ${code}`;
    const result = await runPiped(["exec", box.name, "sh", "-c", script]);
    assertRan(result, { code, stdout: `${text}\n` });
  }
});

testWithEngine("command: exec: -i reads what is piped in, to its end", async () => {
  await using box = await idle();
  const command = ["exec", "-i", box.name, "tr", "a-z", "A-Z"];
  assertRan(await runPiped(command, { stdin: "hello\n" }), { stdout: "HELLO\n" });
  const without = ["exec", box.name, "cat"];
  assertRan(await runPiped(without, { stdin: "not for it\n" }), {});
});

testWithEngine("command: exec: with a tty in the container, without one here", async () => {
  await using box = await container({ cmd: ["cat"], openStdin: true, tty: true });
  assertRan(await runPiped(["exec", box.name, "sh", "-c", "tty -s || echo no; echo err >&2"]), {
    stdout: "no\n",
    stderr: "err\n",
  });
});
