/** A session's own stream: it passes untouched, and its head is not printed. */
import { assertEquals } from "@std/assert";
import { bytes, frame, join } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { upgraded } from "../fakes/engine.ts";
import { dockerpty } from "../harness/command.ts";
import { EVIL, EVIL_WORD } from "./printed.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

/** Any bytes that a program may write: they are its terminal's, and not ours to change. */
const STREAM = join([bytes(EVIL), Uint8Array.from({ length: 256 }, (_, byte) => byte)]);

for (const tty of [false, true]) {
  Deno.test(
    `security: printed: a session's own stream passes untouched, tty ${tty}`,
    LIMITED,
    async () => {
      await using engine = new ServedEngine();
      const container = new FakeContainer(engine, { tty });
      container.waited.then(async () => {
        await container.write(tty ? STREAM : join([frame(1, STREAM), frame(2, STREAM)]));
        await container.exit(0);
      });
      const [command, ...args] = dockerpty(["attach", "--no-stdin", "box"]);
      const { stdout, stderr, code } = await new Deno.Command(command, {
        args,
        env: { DOCKER_HOST: engine.host, DENO: Deno.execPath(), NO_COLOR: "1" },
        stdin: "null",
      }).output();
      assertEquals(code, 0);
      assertEquals(stdout, STREAM);
      assertEquals(stderr, tty ? new Uint8Array() : STREAM);
    },
  );
}

// What a refused attach is answered with comes as a stream's head would: it must not be taken for one.
Deno.test("security: printed: a stream's content type is not printed", LIMITED, async () => {
  await using engine = new ServedEngine();
  const container = new FakeContainer(engine);
  engine.on("POST /containers/c0ffee/attach", async ({ connection }) => {
    await connection.send(upgraded(EVIL_WORD));
    await connection.send(frame(1, "out"));
    connection.close();
    container.waited.then(async (wait) => {
      const answer = JSON.stringify({ StatusCode: 0 });
      await wait.send(`${answer.length.toString(16)}\r\n${answer}\r\n0\r\n\r\n`);
    });
  });
  const { code, text, stderr } = await run(["attach", "--no-stdin", "box"], {
    env: { DOCKER_HOST: engine.host },
  });
  assertEquals({ code, text, stderr }, { code: 0, text: "out", stderr: "" });
});
