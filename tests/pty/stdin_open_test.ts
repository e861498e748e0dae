import { assert, assertEquals } from "@std/assert";
import type { Shell } from "../harness/shell.ts";
import { ptyTest } from "./pty_test_case.ts";
import { type Prepared, type Way, ways } from "./ways.ts";

for (const way of ways({ tty: false, stdin: true })) {
  ptyTest(`${way.verb}: stdin open: input, output, and closing the input`, {}, async (shell) => {
    const modes = await shell.modes();
    await using session = await way.prepare(["cat"]);
    shell.run(session.line);
    shell.type("Hello World!\r");
    await shell.waitForEnd(["Hello World!", "Hello World!"]);
    assertEquals(await shell.modes(), modes, "without a tty, the terminal is left alone");
    shell.type("Hello again!\r");
    await shell.waitForEnd(["Hello again!", "Hello again!"]);
    await close(shell, way, session);
  });

  ptyTest(`${way.verb}: stdin open: mixed output and errors`, {}, async (shell) => {
    await using session = await way.prepare(["sh", "-c", "cat | sh"]);
    shell.run(session.line);
    for (
      const [typed, answer] of [
        ["echo 'Hello World!'", "Hello World!"],
        ["echo 'Hello Universe!' 1>&2", "Hello Universe!"],
        ["echo 'Hello all!'", "Hello all!"],
      ]
    ) {
      shell.type(`${typed}\r`);
      await shell.waitForEnd([typed, answer]);
    }
    await close(shell, way, session);
  });

  ptyTest(`${way.verb}: stdin open: errors are on stderr`, {}, async (shell) => {
    const errors = await Deno.makeTempFile();
    try {
      await using session = await way.prepare(["sh", "-c", "cat | sh"]);
      shell.run(`${session.line} 2>${errors}`);
      shell.type("echo to stderr 1>&2; echo to stdout\r");
      await shell.waitForEnd(["echo to stderr 1>&2; echo to stdout", "to stdout"]);
      await close(shell, way, session);
      assertEquals(await Deno.readTextFile(errors), "to stderr\n");
    } finally {
      await Deno.remove(errors);
    }
  });
}

/** Closes the input by Ctrl-D, which ends what read it. */
async function close(shell: Shell, way: Way, { container }: Prepared): Promise<void> {
  shell.type("\x04");
  assertEquals(await shell.finished(), 0);
  if (way.execs) {
    assert((await container.state()).Running);
    assertEquals(await container.processes(), ["cat"]);
  } else {
    assertEquals((await container.stopped()).ExitCode, 0);
  }
}
