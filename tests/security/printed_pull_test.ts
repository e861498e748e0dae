/** News and errors of a pull: the command moves the cursor, and none of their words does. */
import { assertEquals, assertMatch } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { dockerpty } from "../harness/command.ts";
import { Terminal } from "../harness/terminal.ts";
import { ACTS, type Case, EVIL, head, testPrinted } from "./printed.ts";
import { LIMITED, ServedEngine } from "./served.ts";

const CASES: Record<string, Case> = {
  "the news of a pull": {
    engine: (engine) => {
      new FakeContainer(engine);
      const lines = [
        { status: EVIL, id: EVIL },
        { status: EVIL },
        { status: EVIL, id: EVIL, progressDetail: { current: 1, total: 2, units: EVIL } },
        { status: EVIL, id: EVIL, progressDetail: {} },
      ].map((line) => `${JSON.stringify(line)}\n`).join("");
      const field = `Content-Length: ${bytes(lines).length}`;
      engine.on("POST /images/create", head(field, lines));
    },
    args: ["run", "-d", "--pull=always", "busybox"],
    shows: /evil/,
    code: 0,
  },
  "an error in the middle of a pull": {
    engine: (engine) => {
      const line = `${JSON.stringify({ error: EVIL, errorDetail: { message: EVIL } })}\n`;
      const field = `Content-Length: ${bytes(line).length}`;
      engine.on("POST /images/create", head(field, line));
    },
    args: ["run", "--pull=always", "busybox"],
    code: 125,
  },
  "a pull that is not JSON": {
    engine: (engine) => {
      engine.on("POST /images/create", head(`Content-Length: ${bytes(EVIL).length}`, EVIL));
    },
    args: ["run", "--pull=always", "busybox"],
    code: 125,
  },
};

testPrinted(CASES);

Deno.test("security: printed: the news of a pull, at a terminal", LIMITED, async () => {
  await using engine = new ServedEngine();
  new FakeContainer(engine);
  await CASES["the news of a pull"].engine!(engine);
  await using terminal = Terminal.spawn(dockerpty(CASES["the news of a pull"].args), {
    env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath() },
  });
  assertEquals((await terminal.exit).code, 0);
  // Its own movements, from line to line, and no others.
  // deno-lint-ignore no-control-regex -- they are what is taken out
  const shown = terminal.rawText().replaceAll(/\x1b\[\d+[AB]|\x1b\[2K|\r/g, "");
  assertMatch(shown, /evil/);
  assertEquals(ACTS.test(shown), false, JSON.stringify(shown));
});
