import { assert, assertEquals } from "@std/assert";
import { containerToCome } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { exit, expectAnswer, joined, open } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";
import { ways } from "./ways.ts";

for (const way of ways({ tty: true, stdin: true })) {
  ptyTest(`${way.verb}: starting the PTY, and terminating it`, {}, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await open(shell, way, session);
    assert((await session.container.state()).Running);
    const settings = await shell.settings();
    for (const raw of ["-icanon", "-echo", "-isig", "-ixon", "-icrnl", "-opost"]) {
      assert(settings.has(raw), `the terminal is not raw: not ${raw}`);
    }
    await exit(shell, way, session, 0);
  });

  ptyTest(`${way.verb}: starting the PTY with logging disabled`, {}, async (shell) => {
    await using session = await way.prepare(["sh"], { logDriver: "none" });
    await open(shell, way, session);
    await exit(shell, way, session, 5);
  });

  ptyTest(`${way.verb}: input, standard output and standard error`, {}, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await open(shell, way, session);
    shell.type("whoami");
    await shell.waitForEnd(["/ # whoami"]);
    for (const _ of "whoami") shell.type("\x7f");
    await shell.waitForEnd(["/ #"]);
    await expectAnswer(shell, "uname", ["Linux"]);
    await expectAnswer(shell, "ls blah", ["ls: blah: No such file or directory"]);
    await expectAnswer(shell, "tty -s && echo a terminal", ["a terminal"]);
    await expectAnswer(shell, "echo 'Grüße, 世界'", ["Grüße, 世界"]);
    await exit(shell, way, session, 0);
  });

  ptyTest(
    `${way.verb}: keys that a terminal would act upon reach the container`,
    {},
    async (shell) => {
      await using session = await way.prepare(["sh"]);
      await open(shell, way, session);
      shell.type("sleep 60\r");
      // Until the shell has handed the terminal over, it would take the key for a command line's.
      const sleeps = async () => (await session.container.processes()).includes("sleep 60");
      await until(sleeps, { what: "sleep to run in the container" });
      shell.type("\x03");
      await shell.waitForEnd(["/ # sleep 60", "^C", "/ #"]);
      await expectAnswer(shell, "echo $?", ["130"]);
      shell.type("\x04");
      const code = await shell.finished();
      assertEquals(code, 0, "the shell in the container ends by Ctrl-D, with its last code");
    },
  );

  ptyTest(`${way.verb}: keys typed before it is there reach it`, {}, async (shell) => {
    await using session = await way.prepare(["sh"]);
    shell.run(session.line);
    shell.type("echo early; ");
    await joined(shell);
    shell.type("echo late\r");
    await shell.waitForEnd(["early", "late", "/ #"]);
    await exit(shell, way, session, 0);
  });

  if (way.joins) continue; // What it writes may be over before someone joins.

  ptyTest(`${way.verb}: bytes reach the terminal as they are`, {}, async (shell) => {
    const script = String.raw`stty -opost; printf 'A\nB\r\nC\t\033[1mD\033[m\377\n'; exit 9`;
    await using session = await way.prepare(["sh", "-c", script]);
    const { code, output } = await shell.runToEnd(session.line);
    assertEquals({ code, output }, { code: 9, output: "A\nB\r\nC\t\x1b[1mD\x1b[m\ufffd\n" });
  });
}

ptyTest("run -it: the terminal answers the container", { answers: true }, async (shell) => {
  const script = String.raw`stty raw -echo; printf 'X\033[6n'; head -c 6 | tr '\033' E`;
  const line = `dockerpty run --rm -it --network none busybox sh -c "${script}"`;
  assertEquals(await shell.runToEnd(line), { code: 0, output: "X\x1b[6nE[3;2R" });
});

ptyTest("run --rm -it: the container is removed at the end", {}, async (shell) => {
  await using box = containerToCome();
  shell.run(`dockerpty run --rm -it --network none --name ${box.name} busybox sh`);
  await joined(shell);
  await shell.waitForEnd(["/ #"]);
  shell.type("exit 5\r");
  assertEquals(await shell.finished(), 5);
  await box.removed();
});
