import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { Image, program } from "../harness/images.ts";
import { Terminal } from "../harness/terminal.ts";
import { commandEnv, dockerpty, underTest } from "../harness/command.ts";

const ignore = underTest === "docker";

testWithEngine("shell: at a terminal, the best shell there is, and its code", async () => {
  await using box = await container({ cmd: ["sleep", "300"] });
  await using terminal = Terminal.spawn(dockerpty(["shell", box.name]), {
    env: commandEnv({ TERM: "dumb-and-unknown" }),
  });
  await terminal.waitFor("/ #");
  terminal.type("echo $0 is $TERM; tty\r");
  // Busybox's image knows no terminal: the engine's own TERM is kept.
  await terminal.waitFor(/-?(ba|a)?sh is xterm\s+\/dev\/pts\//);
  terminal.type("exit 3\r");
  assertEquals((await terminal.exit).code, 3);
}, { ignore });

testWithEngine("shell: on pipes, a script, without a terminal", async () => {
  await using box = await container({ cmd: ["sleep", "300"] });
  const { code, text } = await runPiped(["shell", "-w", "/tmp", "-eA=1", box.name], {
    stdin: "pwd; echo $A; tty; exit 4\n",
  });
  assertEquals([code, text], [4, "/tmp\n1\nnot a tty\n"]);
}, { ignore });

testWithEngine("shell: bash where there is one, and as a login shell", async () => {
  const paths = { "/bin/bash": "bash", "/bin/sh": "dash", "/bin/sleep": "sleep" };
  await using image = await Image.of(
    Object.fromEntries(Object.entries(paths).map(([to, name]) => [to, program(name)])),
  );
  await using box = await container({ image: image.name, cmd: ["sleep", "300"] });
  const { code, text } = await runPiped(["shell", box.name], {
    stdin: 'echo "${BASH_VERSION:+bash}"; shopt -q login_shell && echo login; exit 5\n',
  });
  assertEquals([code, text], [5, "bash\nlogin\n"]);
}, { ignore: ignore || Deno.build.os !== "linux", limit: 180_000 });

testWithEngine("shell: TERM goes along where the container knows it", async () => {
  await using box = await container({ cmd: ["sleep", "300"] });
  await box.exec(["sh", "-c", "mkdir -p /etc/terminfo/q && : > /etc/terminfo/q/quick"]);
  await using terminal = Terminal.spawn(dockerpty(["shell", box.name]), {
    env: commandEnv({ TERM: "quick" }),
  });
  await terminal.waitFor("/ #");
  terminal.type("echo it is $TERM.\r");
  await terminal.waitFor("it is quick.");
  terminal.type("exit\r");
  assertEquals((await terminal.exit).code, 0);
}, { ignore });

testWithEngine("shell: an image without a shell, and a name at fault", async () => {
  await using box = await container({ cmd: ["sleep", "300"] });
  await box.exec(["sh", "-c", "mkdir /x; cp /bin/busybox /x/sleep; rm -f /bin/sh /bin/ash"]);
  const { code, stderr } = await runPiped(["shell", box.name]);
  assertMatch(stderr, /^dockerpty shell: no shell in the container .*\n$/);
  assertEquals(code, 127);
  const wrong = await runPiped(["shell", `${box.name}x`]);
  assertStringIncludes(wrong.stderr, `did you mean ${box.name}?`);
  assertEquals(wrong.code, 1);
}, { ignore });
