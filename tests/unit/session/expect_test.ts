import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ConnectionError, InvalidOptionError } from "../../../src/errors.ts";
import { Expect, ExpectError, type ExpectReaderOptions } from "../../../src/session/expect.ts";
import { payloadReader } from "../../../src/session/output.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { hijackedSession } from "../../fakes/hijacked.ts";
import { turns } from "../../fakes/turns.ts";

/** A program on a fake connection, and what drives it. */
function open(options?: ExpectReaderOptions) {
  const [client, server] = connectionPair({ capacity: Infinity });
  const read = payloadReader(client, false);
  const session = hijackedSession({ connection: client, tty: true, read });
  return { session, server, program: new Expect(session, options) };
}

/** Sends what the program writes, and has it read. */
async function written(server: { send(content: string): Promise<void> }, ...parts: string[]) {
  for (const part of parts) {
    await server.send(part);
    await turns();
  }
}

const NOW = { timeout: 0 };

Deno.test("expect: a prompt behind a title, also of screen's", async () => {
  for (const title of ["\x1bktitle\x1b\\", "\x1b]0;title\x07", "\x1bP1$r0m\x1b\\", "\x1bn"]) {
    const { server, program } = open();
    await written(server, `${title}ready$ `);
    assertEquals((await program.expect("ready$ ", NOW)).before, "");
  }
});

Deno.test("expect: a title that is not ended hides no more than its line", async () => {
  const { server, program } = open();
  await written(server, "\x1b]0;title\r\n", "ready$ ");
  assertEquals((await program.expect("ready$ ", NOW)).before, "\x1b]0;title\r\n");
});

Deno.test("expect: a line end in the middle of a sequence is seen", async () => {
  const { server, program } = open();
  await written(server, "one\x1b[3\n1mtwo");
  await program.expect("one\ntwo", NOW);
});

Deno.test("expect: what has begun as a sequence is there at the output's end", async () => {
  for (const end of ["\x1b", "\x1b]0;title DONE", "\x1b[3"]) {
    const { server, program } = open();
    await written(server, `a${end}`);
    assertEquals(program.pending, "a");
    server.close();
    assertEquals((await program.expect(end)).before, "a");
  }
});

Deno.test("expect: it is there as well where the connection is lost", async () => {
  const { server, program } = open();
  await written(server, "a\x1b]0;title DONE");
  server.reset();
  await program.expect("DONE");
});

Deno.test("expect: sequences stay where they are wanted", async () => {
  const { server, program } = open({ escapes: true });
  await written(server, "\x1b[3", "1mred");
  await program.expect("\x1b[31mred", NOW);
});

Deno.test("expect: an error has the last lines as they came", async () => {
  const { server, program } = open();
  const lines = Array.from({ length: 40 }, (_, index) => `\tline ${index}\r\n`);
  await written(server, ...lines, "$ ");
  const error = await assertRejects(() => program.expect("other", NOW), ExpectError);
  assertEquals(error.screen, lines.slice(-23).join("") + "$ ");
  assertEquals(error.message.includes("\n"), false);
  assertStringIncludes(error.message, "line 39");
  server.close();
  const ended = await assertRejects(() => program.expect("other"), ExpectError, "has ended");
  assertEquals(ended.screen, error.screen);
});

Deno.test("expect: a screenful is one also of long lines, and in front of empty ones", async () => {
  const { server, program } = open();
  await written(server, "x".repeat(5000));
  const long = await assertRejects(() => program.expect("other", NOW), ExpectError);
  assertEquals(long.screen, "x".repeat(4000));
  await program.expect(/x+/);
  await written(server, "\u{1f600}" + "x".repeat(3999));
  const half = await assertRejects(() => program.expect("other", NOW), ExpectError);
  assertEquals(half.screen, "x".repeat(3999));
  await written(server, "\r\nreal\r\n" + "\r\n".repeat(40));
  const empty = await assertRejects(() => program.expect("other", NOW), ExpectError);
  assertEquals(
    empty.screen.endsWith("x\r\nreal\r\n"),
    true,
    JSON.stringify(empty.screen.slice(-20)),
  );
});

Deno.test("expect: the screenful of a flood of empty lines takes no time", async () => {
  const { server, program } = open();
  await written(server, `${"\n".repeat(500_000)}x`);
  const error = await assertRejects(() => program.expect("other", NOW), ExpectError);
  assertEquals(error.screen, `${"\n".repeat(23)}x`);
});

Deno.test("expect: what is no session or no option is refused", async () => {
  const { session, program } = open();
  // deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
  const untyped: any = program;
  for (const options of [{ timout: 100 }, null, 5, { timeout: "5" }]) {
    await assertRejects(() => untyped.expect("x", options), InvalidOptionError);
  }
  for (const none of [Symbol("x"), Object.create(null), undefined, 5]) {
    await assertRejects(() => untyped.expect(none), InvalidOptionError, "invalid pattern");
    await assertRejects(() => untyped.send(none), InvalidOptionError, "cannot send");
  }
  // deno-lint-ignore no-explicit-any -- what the types refuse of the constructor is what is tested
  const Untyped: any = Expect;
  for (const none of [{}, undefined, null, "box"]) {
    assertThrows(() => new Untyped(none), InvalidOptionError, "invalid session");
  }
  for (const options of [{ escape: true }, { escapes: "no" }, null]) {
    assertThrows(() => new Untyped(session, options), InvalidOptionError);
  }
});

Deno.test("expect: a stdin that somebody else writes to is refused", async () => {
  const { session, program } = open();
  const writer = session.stdin!.getWriter();
  await assertRejects(() => program.send("x"), InvalidOptionError, "somebody else");
  await assertRejects(() => program.end(), InvalidOptionError, "somebody else");
  writer.releaseLock();
  await program.send("x");
  await program.end();
  await program.end();
  await assertRejects(() => program.send("x"), ConnectionError, "has been ended");
});

Deno.test("expect: a stdin that somebody else has ended takes no more", async () => {
  const { session, program } = open();
  await session.stdin!.close();
  await assertRejects(() => program.send("x"), ConnectionError, "cannot send");
  await assertRejects(() => program.end(), ConnectionError, "cannot end stdin");
});

Deno.test("expect: nor does a program that has ended", async () => {
  const { session, server, program } = open();
  server.close();
  await session.status;
  await assertRejects(() => program.send("x"), ConnectionError, "takes no more input");
  await assertRejects(() => program.end(), ConnectionError, "takes no more input");
});
