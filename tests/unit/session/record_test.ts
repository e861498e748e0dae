import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DockerptyError, InvalidOptionError } from "../../../src/errors.ts";
import { record, Recording, type RecordOptions } from "../../../src/session/record.ts";
import { bytes } from "../../fakes/bytes.ts";
import { FakeSession } from "../../fakes/session.ts";
import { turns } from "../../fakes/turns.ts";

/** Calls of programs without types. */
// deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
type Untyped = any;

class Reason extends Error {}

/** Gives a folder of its own, with a file in it. */
async function withFile(use: (file: string, folder: string) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/a.cast`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is recorded of a session that ends with the code 0; its header, and then its events. */
async function recorded(
  session: FakeSession,
  use: (recorded: ReturnType<typeof record>) => unknown,
  options: RecordOptions = {},
): Promise<Untyped[]> {
  const lines: Untyped[] = [];
  await withFile(async (file) => {
    const under = record(session, file, options);
    await use(under);
    session.exit(0);
    await under.status;
    const text = await Deno.readTextFile(file);
    lines.push(...text.trimEnd().split("\n").map((line) => JSON.parse(line)));
  });
  return lines;
}

Deno.test("what cannot be recorded is refused before a file is made or opened", async () => {
  const wrong: [name: string, options: Untyped][] = [
    ["options", null],
    ["options", 5],
    ["options", []],
    ["size", { size: { rows: -1, columns: 5 } }],
    ["size", { size: { rows: 5, columns: 65536 } }],
    ["size", { size: "80x24" }],
    ["size", { size: {} }],
    ["size", { size: null }],
    ["force", { force: "no" }],
    ["input", { input: "yes" }],
    ["command", { command: 5 }],
    ["command", { command: ["sh"] }],
    ["now", { now: 5 }],
  ];
  await withFile((file, folder) => {
    for (const [name, options] of wrong) {
      const message = `invalid ${name}`;
      assertThrows(() => record(new FakeSession(), file, options), InvalidOptionError, message);
      assertThrows(() => new Recording(file, options), InvalidOptionError, message);
    }
    for (const session of [null, undefined, 5, {}] as Untyped[]) {
      assertThrows(() => record(session, file), InvalidOptionError, "invalid session");
    }
    assertEquals([...Deno.readDirSync(folder)], []);
    Deno.writeTextFileSync(file, "the one before");
    const force: Untyped = { force: true, size: {} };
    assertThrows(() => record(new FakeSession(), file, force), InvalidOptionError, "size");
    assertEquals(Deno.readTextFileSync(file), "the one before");
  });
  for (const path of [undefined, null, 5, "", "a\0b", new URL("file:///tmp/a")] as Untyped[]) {
    assertThrows(() => record(new FakeSession(), path), InvalidOptionError, "invalid path");
  }
});

Deno.test("a recording whose clock fails leaves no file", async () => {
  await withFile((file, folder) => {
    const now = () => {
      throw new Reason();
    };
    assertThrows(() => record(new FakeSession(), file, { now }), Reason);
    const none = { now: () => NaN };
    assertThrows(() => record(new FakeSession(), file, none), InvalidOptionError, "invalid now");
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("an error of a recording's file has Deno's own as its cause", async () => {
  await withFile((file, folder) => {
    const cause = (path: string) =>
      assertThrows(() => record(new FakeSession(), path), DockerptyError).cause;
    Deno.writeTextFileSync(file, "");
    assertEquals(cause(file) instanceof Deno.errors.AlreadyExists, true);
    assertEquals(cause(`${folder}/none/a.cast`) instanceof Deno.errors.NotFound, true);
  });
});

Deno.test("a size is recorded once it has been taken, and one that is refused is not", async () => {
  const session = new FakeSession();
  const taken = Promise.withResolvers<void>();
  let first = true;
  session.resize = async (size) => {
    if (size.rows === 3) throw new Reason();
    if (first) await taken.promise;
    first = false;
  };
  const [header, ...events] = await recorded(session, async (under) => {
    const untyped: Untyped = under;
    const wrong = [{ rows: -1, columns: 5 }, { rows: 5, columns: 0.5 }, {}, undefined, "5x5"];
    for (const size of wrong) await assertRejects(() => untyped.resize(size), InvalidOptionError);
    await assertRejects(() => under.resize({ rows: 3, columns: 3 }), Reason);
    const size = { rows: 30, columns: 100 };
    const resizing = under.resize(size);
    // It is the caller's, who may use it again.
    size.rows = 99;
    const forwarding = under.forward({ stdout: { write() {} }, stderr: { write() {} } });
    await session.write("before");
    taken.resolve();
    await resizing;
    session.endOutput();
    await forwarding;
  });
  assertEquals([header.width, header.height], [80, 24]);
  assertEquals(events.map(([, code, text]) => [code, text]), [
    ["o", "before"],
    ["r", "100x30"],
    ["m", "exited 0"],
  ]);
});

Deno.test("recorded input that is not bytes is refused as a session's own is", async () => {
  const session = new FakeSession();
  const [, ...events] = await recorded(session, async (under) => {
    const writer = under.stdin!.getWriter();
    await writer.write(bytes("ok"));
    const untyped: Untyped = writer;
    await assertRejects(() => untyped.write("a text"), InvalidOptionError, "TextEncoderStream");
    await writer.closed.catch(() => {});
    await turns();
  }, { input: true });
  assertEquals(session.sent, ["ok"]);
  assertEquals(events.map(([, code, text]) => [code, text]), [["i", "ok"], ["m", "exited 0"]]);
});

Deno.test("recorded input that is not taken fails as without a recording, and is not recorded", async () => {
  const session = new FakeSession();
  const [, ...events] = await recorded(session, async (under) => {
    const writer = under.stdin!.getWriter();
    await writer.write(bytes("ok"));
    session.detached = true;
    await assertRejects(() => writer.write(bytes("lost")), Error, "the session has ended");
    await writer.closed.catch(() => {});
  }, { input: true });
  assertEquals(events.map(([, code, text]) => [code, text]), [["i", "ok"], ["m", "exited 0"]]);
});

Deno.test("input that somebody else writes cannot be recorded, and is not lost in silence", async () => {
  await withFile((file, folder) => {
    const session = new FakeSession();
    session.stdin!.getWriter();
    assertThrows(
      () => record(session, file, { input: true }),
      InvalidOptionError,
      "the session's stdin is written to by somebody else",
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a session that is not the library's own is refused before a file is made", async () => {
  await withFile((file, folder) => {
    const { id, tty, stdin } = new FakeSession();
    const wrapped: Untyped = { id, tty, stdin, forward() {}, [Symbol.asyncDispose]() {} };
    const says = "record it before it is wrapped";
    assertThrows(() => record(wrapped, file), InvalidOptionError, says);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a size of no terminal is none to be played", async () => {
  const [, ...events] = await recorded(
    new FakeSession({ tty: false }),
    (under) => under.resize({ rows: 10, columns: 50 }),
  );
  assertEquals(events.map(([, code]) => code), ["m"]);
});
