import { assertEquals } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { engineVersion } from "../harness/engine.ts";
import type { Shell } from "../harness/shell.ts";
import { exit, expectAnswer, open } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";
import { type Prepared, type Way, ways } from "./ways.ts";

for (const way of ways({ tty: true, stdin: true })) {
  ptyTest(`${way.verb}: the right size at first`, { rows: 20, cols: 70 }, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await openSized(shell, way, session);
    await expectAnswer(shell, "stty size", ["20 70"]);
    await exit(shell, way, session, 0);
  });

  ptyTest(`${way.verb}: resizing, once and frenetically`, { rows: 20, cols: 70 }, async (shell) => {
    await using session = await way.prepare(["sh"]);
    await openSized(shell, way, session);
    shell.resize(30, 100);
    await expectSize(shell, "30 100");
    const sizes = [[30, 100], [30, 101], [30, 98], [28, 98], [28, 105]];
    for (const [rows, cols] of sizes) shell.resize(rows, cols);
    await expectSize(shell, "28 105");
    // It stays: no size from before arrives late.
    await expectAnswer(shell, "stty size", ["28 105"]);
    await exit(shell, way, session, 0);
  });
}

/** At the first prompt the size is right, and a resize is noticed. */
async function openSized(shell: Shell, way: Way, session: Prepared): Promise<void> {
  await open(shell, way, session);
  // docker's CLI gets there later only, and until then misses what is resized. To make a program
  // repaint, an attach passes through a larger size.
  if (underTest === "docker" || way.joins) await expectSize(shell, "20 70");
}

/** Waits in the container for the size to be right: it gets there some time after the window's. */
async function expectSize(shell: Shell, size: string): Promise<void> {
  shell.type(`until [ "$(stty size)" = "${size}" ]; do sleep 0.01; done 2>/dev/null; stty size\r`);
  await shell.waitForEnd([size, "/ #"]);
}

// Engines that take no size with the request to create can only be told it after the start.
const sizesAtStart = await engineVersion().then(
  ({ ApiVersion, podman }) => !podman && Number(ApiVersion.split(".")[1]) >= 42,
  () => false,
);

if (sizesAtStart) {
  ptyTest("run, exec: what asks for the size at once gets the right one", {
    rows: 21,
    cols: 71,
  }, async (shell) => {
    for (const way of ways({ tty: true, stdin: true })) {
      if (!/run|exec/.test(way.verb)) continue;
      await using session = await way.prepare(["stty", "size"]);
      const { code, output } = await shell.runToEnd(session.line);
      assertEquals({ code, output }, { code: 0, output: "21 71\r\n" });
    }
  });
}
