/** Recordings, played by asciinema itself. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client, record } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { idle } from "./sessions.ts";

const name = "library: record: asciinema plays it";
const missing = await new Deno.Command("asciinema", { args: ["--version"] }).output()
  .then(() => false, () => true);
if (missing) console.error(`SKIPPED ${name}: there is no asciinema`);

testWithEngine(name, async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/a.cast`;
    const command = ["sh", "-c", "printf 'Gr\\303\\274\\303\\237e\\n\\033[1mbold\\033[0m\\n'"];
    await using session = record(await new Client().exec(box.name, command, { tty: true }), file);
    await session.output();
    // It wants a terminal.
    const { code, stdout } = await new Deno.Command("script", {
      args: ["-qec", `asciinema cat ${file}`, "/dev/null"],
      stdin: "null",
    }).output();
    const played = new TextDecoder().decode(stdout);
    assertEquals(code, 0, played);
    assertStringIncludes(played, "Grüße\r\n\x1b[1mbold\x1b[0m\r\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { ignore: missing });
