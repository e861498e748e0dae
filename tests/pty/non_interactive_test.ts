import { assert, assertEquals } from "@std/assert";
import { until } from "../harness/until.ts";
import { ptyTest } from "./pty_test_case.ts";
import { type Prepared, type Way, ways } from "./ways.ts";

/** Says `welcome` until told to stop: who attaches late sees it too. Not for ever, if all else fails. */
const welcoming = (to: string) => [
  "sh",
  "-c",
  `for i in $(seq 300); do [ -e /stop ] && exit 3; echo welcome ${to}; sleep 0.1; done`,
];

async function stop({ container }: Prepared, way: Way): Promise<void> {
  await container.exec(["touch", "/stop"]);
  if (!way.execs) assertEquals((await container.stopped()).ExitCode, 3);
}

for (const way of ways({ tty: false, stdin: false })) {
  ptyTest(
    `${way.verb}: no stdin: output; what is typed is for the next reader`,
    {},
    async (shell) => {
      const modes = await shell.modes();
      await using session = await way.prepare(welcoming(""));
      shell.run(session.line);
      await shell.waitForOutput(/^welcome/m);
      assertEquals(await shell.modes(), modes, "without a tty, the terminal is left alone");
      shell.type("echo typed $((40 + 2)) ahead\r");
      await shell.waitFor("ahead");
      assert((await session.container.state()).Running);
      await stop(session, way);
      await shell.waitForOutput(/here\[3 \d+\].*typed 42 ahead\r\nhere\[0 /s);
      assertEquals(await shell.finished(), 3);
    },
  );

  ptyTest(`${way.verb}: no stdin: errors are on stderr`, {}, async (shell) => {
    const errors = await Deno.makeTempFile();
    try {
      await using session = await way.prepare(welcoming("1>&2"));
      shell.run(`${session.line} 2>${errors}`);
      const seen = async () => (await Deno.readTextFile(errors)).includes("welcome\n");
      await until(seen, { what: () => `the errors in a file; the screen:\n${shell.screen()}` });
      await stop(session, way);
      assertEquals(await shell.finished(), 3);
      assertEquals(shell.output, "");
    } finally {
      await Deno.remove(errors);
    }
  });
}
