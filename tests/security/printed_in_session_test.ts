/** What a session notes, of a size or a signal that fails: no word of it moves the cursor. */
import { assertEquals, assertMatch } from "@std/assert";
import { Live } from "../engine/live.ts";
import { frame } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json } from "../fakes/engine.ts";
import { FakeExec } from "../fakes/exec.ts";
import { dockerpty } from "../harness/command.ts";
import { Terminal } from "../harness/terminal.ts";
import { ACTS, message } from "./printed.ts";
import { LIMITED, ServedEngine } from "./served.ts";

Deno.test(
  "security: printed: why the window's size is not taken, at a terminal",
  LIMITED,
  async () => {
    await using engine = new ServedEngine();
    const container = new FakeContainer(engine, { tty: true });
    engine.on("POST /containers/c0ffee/resize", message(500));
    await using terminal = Terminal.spawn(dockerpty(["attach", "box"]), {
      env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath() },
    });
    await terminal.waitFor("cannot tell the container the window's size: evil", {
      timeout: 30_000,
    });
    await container.exit(0);
    assertEquals((await terminal.exit).code, 0);
    assertEquals(ACTS.test(terminal.rawText().replaceAll("\r\n", "\n")), false);
  },
);

const notPassed: [what: string, args: string[], serve: (engine: ServedEngine) => Served][] = [
  ["of an attach", ["attach", "--no-stdin", "box"], (engine) => {
    const container = new FakeContainer(engine);
    engine.on("POST /containers/c0ffee/kill", message(500));
    return { ready: () => container.write(frame(1, "ready\n")), end: () => container.exit(0) };
  }],
  ["of an exec", ["exec", "box", "x"], (engine) => {
    const exec = new FakeExec(engine);
    const created = () => json(201, { Id: exec.id });
    engine.on("POST /containers/box/exec", created, message(500));
    return { ready: () => exec.write(frame(1, "ready\n")), end: () => exec.exit(0) };
  }],
];

/** A process that a test plays. */
interface Served {
  ready: () => Promise<void>;
  end: () => Promise<void>;
}

for (const [what, args, serve] of notPassed) {
  Deno.test(`security: printed: why a signal is not passed on, ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const { ready, end } = serve(engine);
    await using live = new Live(args, { env: { DOCKER_HOST: engine.host } });
    await ready();
    await live.waitFor("ready\n");
    live.kill("SIGUSR2");
    await live.waitFor("\n", { stream: "stderr" });
    await end();
    const { code, stderr } = await live.end();
    assertEquals(code, 0);
    assertMatch(stderr, /^[^\n]*cannot pass SIGUSR2 on: [^\n]*evil[^\n]* over line[^\n]*\n$/);
    assertEquals(ACTS.test(stderr), false, JSON.stringify(stderr));
  });
}
