/** Signals to a client at a terminal: the process gets them, and the terminal is given back. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { underTest } from "../harness/command.ts";
import { joined } from "./container_shell.ts";
import { ptyTest } from "./pty_test_case.ts";
import { ways } from "./ways.ts";

const limit = 120_000;

/** The codes that the process ends with, and by no other signal. */
const CODES = { SIGTERM: 41, SIGHUP: 42, SIGINT: 43, SIGQUIT: 44 } as const;
const signals = Object.keys(CODES) as (keyof typeof CODES)[];

const trapping = [
  "sh",
  "-c",
  signals.map((signal) => {
    const name = signal.slice(3);
    return `trap "echo got ${name}; exit ${CODES[signal]}" ${name}; `;
  }).join("") + "for i in $(seq 1200); do echo ready; sleep 0.05; done",
];

for (const way of ways({ tty: true, stdin: true })) {
  // docker's own CLI passes nothing on to an exec, nor, from a terminal, to what it joins.
  if (underTest === "docker" && !way.verb.startsWith("run")) continue;
  const leaves = way.verb === "attach" || way.verb.startsWith("start");

  for (const signal of signals) {
    // It is a hangup of the terminal, which leaves the process: below.
    if (signal === "SIGHUP" && leaves) continue;

    ptyTest(`${way.verb}: ${signal} is passed on to the process`, { limit }, async (shell) => {
      await using session = await way.prepare(trapping);
      shell.run(session.line);
      await joined(shell);
      await shell.waitForOutput(/ready\r\n/);
      Deno.kill(await shell.foreground(), signal);
      assertEquals(await shell.finished({ timeout: 30_000 }), CODES[signal], shell.output);
      assertStringIncludes(shell.output, `got ${signal.slice(3)}\r\n`);
      if (way.execs) assertEquals(await session.container.processes(), ["cat"]);
      else assertEquals((await session.container.stopped()).ExitCode, CODES[signal]);
    });
  }

  if (!leaves) continue;

  ptyTest(`${way.verb}: SIGHUP ends the client alone`, { limit }, async (shell) => {
    await using session = await way.prepare(trapping);
    shell.run(session.line);
    await joined(shell);
    await shell.waitForOutput(/ready\r\n/);
    Deno.kill(await shell.foreground(), "SIGHUP");
    assertEquals(await shell.finished({ timeout: 30_000 }), 129, shell.output);
    assert((await session.container.state()).Running);
  });
}

ptyTest("run: three SIGTERM leave a process that ignores them", { limit }, async (shell) => {
  const [run] = ways({ tty: true, stdin: true }).filter((way) => way.verb.startsWith("run"));
  const script = 'trap "echo got TERM" TERM; for i in $(seq 1200); do echo ready; sleep 0.05; done';
  await using session = await run.prepare(["sh", "-c", script]);
  shell.run(session.line);
  await joined(shell);
  await shell.waitForOutput(/ready\r\n/);
  const client = await shell.foreground();
  for (let time = 1; time <= 2; time++) {
    Deno.kill(client, "SIGTERM");
    await shell.waitFor((shell) => shell.sinceRun.split("got TERM\r\n").length > time);
  }
  assert((await shell.settings()).has("-icanon"), "the client has left too early");
  Deno.kill(client, "SIGTERM");
  const code = await shell.finished({ timeout: 30_000 });
  // docker's code is its own.
  if (underTest === "dockerpty") assertEquals(code, 143, shell.output);
  assert((await session.container.state()).Running);
});
