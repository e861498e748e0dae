/** The command through a real sshd, which runs docker's `system dial-stdio` over there. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Live } from "../engine/live.ts";
import { dockerpty, underTest } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { host as engine } from "../harness/engine_api.ts";
import { Shell } from "../harness/shell.ts";
import { noSshd, Sshd } from "../harness/sshd.ts";
import { granted, printedGrants } from "./granted.ts";
import {
  assertRefused,
  checkBulk,
  checkPipes,
  checkTerminal,
  command,
  IDLE,
  quoted,
  RUN,
  testWith,
} from "./verbs.ts";

const lacks = underTest === "docker" ? "docker words its errors its own way" : noSshd();

testWith(lacks, "ssh: every verb, and who is refused", async (t) => {
  await using machine = await Sshd.start();
  const way = { flags: ["-H", machine.host], env: machine.env() };
  await using box = await container({ cmd: IDLE });

  await t.step("pipes, and the end of stdin", () => checkPipes(way));
  await t.step("8 MB both ways", () => checkBulk(way, box.name));
  await t.step("a shell at a terminal", () => checkTerminal(way));
  await t.step("by the environment, with the socket's path", async () => {
    const path = engine.replace("unix://", "");
    const env = { ...way.env, DOCKER_HOST: `${machine.host}${path}` };
    const { code, text } = await command({ flags: [], env }, ["exec", box.name, "echo", "hi"]);
    assertEquals({ code, text }, { code: 0, text: "hi\n" });
  });

  await t.step(
    "from a home that ssh was never used in",
    () => checkPipes({ ...way, env: machine.env({ used: false }) }),
  );

  await t.step("with just the printed permission, and without it", async () => {
    const { flags, env } = way;
    const grants = await printedGrants(flags, "exec", env);
    assertEquals(grants, ["--allow-run=ssh"]);
    const args = [...flags, "exec", box.name, "echo", "hi"];
    await using live = new Live([], { argv: granted(grants, args), env });
    assertEquals(await live.end(), { code: 0, signal: null, stdout: "hi\n", stderr: "" });
    await using refused = new Live([], { argv: granted([], args), env });
    const { code, stderr } = await refused.end();
    assertEquals(code, 1);
    assertStringIncludes(stderr, ": run Deno with --allow-run=ssh\n");
  });

  const refused = (name: string, flags: string[], env: Record<string, string>, ...says: RegExp[]) =>
    t.step(`refused: ${name}`, async () => {
      assertRefused(await command({ flags, env }, [...RUN, "busybox", "true"]), 125, ...says);
      assertRefused(await command({ flags, env }, ["attach", box.name]), 1, ...says);
    });
  const { flags } = way;
  await refused("a wrong key", flags, machine.env({ key: "stranger" }), /Permission denied/);
  await refused("a host that is not known", flags, machine.env({ known: false }), /Host key verif/);
  await refused("no docker over there", flags, machine.env({ key: "bare" }), /docker: not found/);
  await refused(
    "no engine over there",
    ["-H", `${machine.host}/no/engine.sock`],
    way.env,
    /dial unix \/no\/engine\.sock/,
  );
  await refused(
    "nobody listens",
    ["-H", "ssh://127.0.0.1:1"],
    way.env,
    /^dockerpty \w+: cannot reach the engine at ssh:\S+ ssh: connect to host .* refused/,
  );
  await refused("no ssh here", flags, { ...way.env, PATH: machine.folder }, /cannot start ssh/);

  await t.step("nothing is left of all these", () => machine.quiet());
});

testWith(lacks, "ssh: a ctrl-c is for the container", async () => {
  await using machine = await Sshd.start();
  await using box = await container({ cmd: IDLE });
  await using shell = await Shell.open({ env: machine.env() });
  const script = "trap 'echo got it; exit 9' INT; echo ready; while :; do sleep 0.1; done";
  shell.run(quoted(dockerpty(["-H", machine.host, "exec", box.name, "sh", "-c", script])));
  await shell.waitForOutput(/\nready/);
  shell.type("\x03");
  assertEquals(await shell.finished(), 9, shell.sinceRun);
  assertMatch(shell.sinceRun, /got it/);
  await machine.quiet();
});

testWith(
  lacks,
  "ssh: a connection that is cut in mid-session is an error that says so",
  async () => {
    await using machine = await Sshd.start();
    await using box = await container({ cmd: ["cat"], openStdin: true });
    const env = machine.env();
    const sessions = {
      exec: ["exec", "-i", box.name, "sh", "-c", "echo ready; cat"],
      attach: ["attach", box.name],
    };
    for (const [verb, args] of Object.entries(sessions)) {
      await using live = new Live(["-H", machine.host, ...args], { env, stdin: "piped" });
      await live.write("ready\n");
      await live.waitFor("ready\n");
      await machine.cut();
      const { code, stderr } = await live.end();
      assertEquals(code, 125, stderr);
      assertMatch(
        stderr,
        new RegExp(`^dockerpty ${verb}: [^\\n]*lost: [^\\n]*closed by remote host[^\\n]*\\n$`),
      );
    }
    assert((await box.state()).Running);
    await machine.quiet();
  },
);

testWith(lacks, "ssh: a command that is killed leaves nothing behind", async () => {
  await using machine = await Sshd.start();
  await using box = await container({ cmd: ["cat"], openStdin: true });
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    const args = ["-H", machine.host, "attach", "--sig-proxy=false", box.name];
    await using live = new Live(args, { env: machine.env(), stdin: "piped" });
    await live.write("ready\n");
    await live.waitFor("ready\n");
    live.kill(signal);
    await live.status;
    await machine.quiet();
  }
  assert((await box.state()).Running);
});
