/** Words of the command line, in errors and in how to re-attach: none moves the cursor. */
import { assertEquals, assertMatch } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { NO_CONTENT } from "../fakes/engine.ts";
import { dockerpty } from "../harness/command.ts";
import { Terminal } from "../harness/terminal.ts";
import { ACTS, EVIL_WORD, testPrinted } from "./printed.ts";
import { LIMITED, ServedEngine } from "./served.ts";

testPrinted({
  "the name of a context": {
    args: ["--context", EVIL_WORD, "attach", "box"],
    env: () => ({ DOCKER_HOST: "" }),
  },
  "the name of a recording": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["attach", "--record", `/nowhere/${EVIL_WORD}`, "box"],
  },
  "the name of a container, on the command line": { args: ["attach", EVIL_WORD] },
  "the name of an image, on the command line": { args: ["run", EVIL_WORD] },
  "a flag, on the command line": { args: ["run", `--${EVIL_WORD}`, "busybox"] },
  "a flag's value, on the command line": { args: ["run", "-m", EVIL_WORD, "busybox"] },
  "the name of a file, on the command line": { args: ["run", "--env-file", EVIL_WORD, "busybox"] },
  "a verb, on the command line": { args: [EVIL_WORD] },
});

/** A socket's path may have no C0 in it. */
// deno-lint-ignore no-control-regex -- they are what is taken out
const EVIL_PATH = EVIL_WORD.replaceAll(/[\0-\x1f\x7f/]/g, "");

/** Ways to name an engine, in words that a terminal would act on. */
const NAMED: Record<string, (folder: string) => { flags: string[]; env: Record<string, string> }> =
  {
    "--config": (folder) => ({ flags: ["--config", `${folder}/${EVIL_WORD}`], env: {} }),
    "-H": (folder) => ({
      flags: ["-H", `unix://${folder}/${EVIL_PATH}`],
      env: { DOCKER_HOST: "unix:///nowhere" },
    }),
    "--context": (folder) => ({
      flags: ["--context", EVIL_WORD],
      env: { DOCKER_HOST: "", DOCKER_CONFIG: folder },
    }),
  };

for (const [flag, name] of Object.entries(NAMED)) {
  Deno.test(`security: printed: how to re-attach, with ${flag}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const container = new FakeContainer(engine, { tty: true });
    const sized = Promise.withResolvers<void>();
    engine.on("POST /containers/c0ffee/resize", () => (sized.resolve(), NO_CONTENT));
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      await Deno.symlink(engine.host.slice("unix://".length), `${folder}/${EVIL_PATH}`);
      const hash = await crypto.subtle.digest("SHA-256", bytes(EVIL_WORD));
      const meta = `${folder}/contexts/meta/${new Uint8Array(hash).toHex()}`;
      await Deno.mkdir(meta, { recursive: true });
      const context = { Name: EVIL_WORD, Endpoints: { docker: { Host: engine.host } } };
      await Deno.writeTextFile(`${meta}/meta.json`, JSON.stringify(context));
      const { flags, env } = name(folder);
      await using terminal = Terminal.spawn(dockerpty([...flags, "attach", "box"]), {
        env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath(), ...env },
        cols: 1000,
      });
      await container.attached;
      // It is told the size once the terminal is raw.
      await sized.promise;
      terminal.type("\x10\x11");
      assertEquals((await terminal.exit).code, 0);
      const text = terminal.rawText();
      assertMatch(text, /dockerpty: detached; re-attach with: dockerpty .*evil.* attach box/);
      assertEquals(ACTS.test(text.replaceAll("\r\n", "\n")), false, JSON.stringify(text));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
