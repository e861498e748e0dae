/** Errors that the engine tells of: one line each, with docker's codes. */
import { assert, assertEquals } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { container, containerToCome, testWithEngine, uniqueName } from "../harness/engine.ts";
import { assertFailed, bare, idle, isPodman, runRemoved } from "./piped.ts";

testWithEngine("command: errors: no such container", async () => {
  // Like no other, so that none can be meant.
  const name = crypto.randomUUID();
  const help = /\b(ps|list|create|run)\b/i;
  assertFailed(await runPiped(["start", name]), 1, new RegExp(`^dockerpty start: .*${name}`), help);
  assertFailed(await runPiped(["start", "-ai", name]), 1, new RegExp(name), help);
  assertFailed(
    await runPiped(["attach", name]),
    1,
    new RegExp(`^dockerpty attach: .*${name}`),
    help,
  );
  const exec = await runPiped(["exec", name, "true"]);
  assertFailed(exec, 1, new RegExp(`^dockerpty exec: .*${name}`), help);
});

testWithEngine("command: errors: a container that is stopped", async () => {
  await using box = await container({ cmd: ["true"], start: false });
  for (const state of ["created", "exited"]) {
    assertEquals((await box.state()).Status === "exited", state === "exited");
    const attach = await runPiped(["attach", box.name]);
    assertFailed(attach, 1, new RegExp(box.name), /not running|improper/, /start/);
    const exec = await runPiped(["exec", box.name, "true"]);
    assertFailed(
      exec,
      1,
      /^dockerpty exec: /,
      new RegExp(box.name),
      /not running|improper/,
      /start/,
    );
    if (state === "created") {
      await box.start();
      await box.stopped();
    }
  }
});

testWithEngine("command: errors: a container that is paused", async () => {
  await using box = await idle();
  await box.pause();
  try {
    assertFailed(
      await runPiped(["attach", box.name]),
      1,
      new RegExp(box.name),
      /paused/,
      /unpause/,
    );
    const exec = await runPiped(["exec", box.name, "true"]);
    assertFailed(exec, 1, /^dockerpty exec: /, /paused|improper/i);
    if (await isPodman()) return; // It has no objection to a start.
    assertFailed(await runPiped(["start", box.name]), 1, /paused/, /unpause/);
    assertFailed(await runPiped(["start", "-a", box.name]), 1, /paused/, /unpause/);
  } finally {
    await box.unpause();
  }
});

testWithEngine("command: errors: run of a command that cannot be started", async () => {
  // Detached, docker's own CLI prints the id first.
  for (const flags of [[], ["-t"], ["-i"], ["-d"]]) {
    const named = (command: string) => runPiped(runRemoved(...flags, "busybox", command));
    assertFailed(await named("/nope"), 127, /^dockerpty run: .*\/nope/);
    assertFailed(await named("/etc"), 126, /^dockerpty run: .*\/etc/);
  }
}, { limit: 40_000 });

testWithEngine("command: errors: start of a command that cannot be started", async () => {
  await using box = await container({ cmd: ["/nope"], start: false });
  for (const flags of [[], ["-a"]]) {
    assertFailed(await runPiped(["start", ...flags, box.name]), 1, /^dockerpty start: .*\/nope/);
  }
});

testWithEngine("command: errors: run with what the engine refuses", async () => {
  await using taken = await idle();
  const refusals: [string[], RegExp][] = [
    [["--name", taken.name], new RegExp(taken.name)],
    [["--name", "not/a name"], /not\/a name|regular expression|invalid/i],
    [["-u", "no-such-user-here"], /no-such-user-here/],
    [["--network", "dockerpty-test-no-such-network"], /dockerpty-test-no-such-network/],
  ];
  for (const [flags, says] of refusals) {
    await using box = containerToCome();
    const name = flags[0] === "--name" ? [] : ["--name", box.name];
    const result = await runPiped(["run", "--rm", ...name, ...bare, ...flags, "busybox", "true"]);
    assertFailed(result, 125, says);
    assert(!await box.exists(), "it left the container behind");
  }
  assert((await taken.state()).Running);
});

testWithEngine("command: errors: --debug adds where it was thrown", async () => {
  const name = uniqueName();
  for (const args of [["--debug", "attach", name], ["attach", "--debug", name]]) {
    const { code, text, stderr } = await runPiped(args);
    assertEquals({ code, text }, { code: 1, text: "" });
    const [first, ...rest] = stderr.split("\n");
    assert(first.startsWith("dockerpty attach: ") && first.includes(name), stderr);
    assert(/EngineError: [\s\S]*\n {4}at /.test(rest.join("\n")), stderr);
    assert(/status: 404/.test(stderr), stderr);
  }
});
