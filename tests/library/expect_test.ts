/** Expect: driving programs by what they write. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Client, Expect, ExpectError } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { idle } from "./sessions.ts";

const client = new Client();

testWithEngine("library: expect: a shell on a terminal", async () => {
  await using box = await idle();
  await using session = await client.exec(box.name, ["sh"], { tty: true, stdin: "piped" });
  const shell = new Expect(session);
  await shell.expect(/[#$] $/);
  await shell.send("echo $((6 * 7)) and more\n");
  const { match, groups, before } = await shell.expect(/^(\d+) and/m);
  assertEquals([match, groups], ["42 and", ["42"]]);
  assertStringIncludes(before, "echo $((6 * 7))");
  await shell.expect(/[#$] $/);
  await shell.send("exit 3\n");
  assertEquals(await session.status, { reason: "exited", code: 3 });
});

testWithEngine("library: expect: without a terminal, up to the end of stdin", async () => {
  await using box = await idle();
  await using session = await client.exec(box.name, ["cat"], { stdin: "piped" });
  const cat = new Expect(session);
  await cat.send("one\ntwo\n");
  assertEquals((await cat.expect("two")).before, "one\n");
  assertEquals(cat.pending, "\n");
  await cat.end();
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine(
  "library: expect: a character and an escape sequence that are cut in two",
  async () => {
    await using box = await idle();
    // Each part comes by itself: the next one is written when the one before has been seen.
    const script = `
    printf 'a\\303'; read _; printf '\\274b\\033[3'; read _; printf '1mred\\033[0m\\n'; read _`;
    await using session = await client.exec(box.name, ["sh", "-c", script], { stdin: "piped" });
    const program = new Expect(session);
    await program.expect("a");
    await program.send("\n");
    await program.expect("üb");
    await program.send("\n");
    await program.expect(/^red$/m);
    await program.send("\n");
    assertEquals(await session.status, { reason: "exited", code: 0 });
  },
);

testWithEngine("library: expect: errors show what came", async () => {
  await using box = await idle();
  await using session = await client.exec(box.name, ["sh", "-c", "echo some words; read _"], {
    stdin: "piped",
  });
  const program = new Expect(session);
  await until(() => program.pending.includes("words"), { what: "its words", timeout: 30_000 });
  const late = () => program.expect("other", { timeout: 200 });
  assertStringIncludes((await assertRejects(late, ExpectError)).message, "some words");
  await program.send("\n");
  const ended = await assertRejects(() => program.expect("other"), ExpectError, "has ended");
  assertStringIncludes(ended.message, "some words");
});

testWithEngine("library: expect: a prompt behind a title of screen's", async () => {
  await using box = await idle();
  const script = "printf '\\033ktitle\\033\\\\ready$ '; read _; printf 'a\\033n DONE\\033'";
  await using session = await client.exec(box.name, ["sh", "-c", script], { stdin: "piped" });
  const program = new Expect(session);
  assertEquals((await program.expect("ready$ ")).before, "");
  await program.send("\n");
  await program.expect("a DONE\x1b");
});
