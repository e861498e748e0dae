import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import type { Shell } from "../harness/shell.ts";
import { exit, expectAnswer, joined, open } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";
import { ways } from "./ways.ts";

const ctrlP = "\x10";
const ctrlQ = "\x11";

for (const way of ways({ tty: true, stdin: true })) {
  ptyTest(`${way.verb}: detaching`, {}, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await open(shell, way, session);
    shell.type(ctrlP + ctrlQ);
    await detached(shell);
    assert((await session.container.state()).Running);
    assert((await session.container.processes()).includes("sh"), "the shell has ended");
  });

  if (way.execs) continue; // There is no way back to an exec.

  ptyTest(`${way.verb}: re-attaching`, {}, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await open(shell, way, session);
    await expectAnswer(shell, "kept=before", []);
    await expectAnswer(shell, "uname", ["Linux"]);
    shell.type(ctrlP);
    shell.type(ctrlQ);
    await detached(shell);
    for (const again of ["attach", "start -ai"]) {
      shell.run(`clear; dockerpty ${again} ${session.container.name}`);
      await joined(shell);
      shell.type("\r");
      await shell.waitForEnd(["/ #"]);
      shell.type("\x1b[A");
      await shell.waitForEnd(["/ # uname"]);
      shell.type("\r");
      await shell.waitForEnd(["/ # uname", "Linux", "/ #"]);
      await expectAnswer(shell, "echo $kept", ["before"]);
      await expectAnswer(shell, "uname", ["Linux"]);
      shell.type(ctrlP + ctrlQ);
      await detached(shell);
      assert((await session.container.state()).Running);
    }
    shell.run(`dockerpty attach ${session.container.name}`);
    await joined(shell);
    await exit(shell, way, session, 7);
  });
}

ptyTest("detaching says how to come back to the same engine", {}, async (shell) => {
  await using box = await container({ cmd: ["sh"], tty: true, openStdin: true });
  // The variable leads elsewhere: without the flag nobody would come back.
  shell.run(`DOCKER_HOST=unix:///nowhere dockerpty --host ${host} attach ${box.name}`);
  await joined(shell);
  shell.type(ctrlP + ctrlQ);
  await detached(shell);
  if (underTest === "docker") return;
  const hint = `re-attach with: dockerpty -H ${host} attach ${box.name}`;
  // Where the terminal is too narrow for it, it goes on in the next line.
  assertStringIncludes(shell.output.replaceAll(/\r?\n/g, ""), hint);
});

/** Waits for the local prompt after a detach. */
async function detached(shell: Shell): Promise<void> {
  const code = await shell.finished();
  // docker's attach and exec end with 1.
  if (underTest === "dockerpty") assertEquals(code, 0, shell.output);
}
