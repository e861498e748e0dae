import { ConnectionError } from "@dockerpty/dockerpty";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { toText } from "@std/streams/to-text";
import { digest, digestOf, randomBytes } from "../engine/bytes.ts";
import { container, engineVersion, testWithEngine } from "../harness/engine.ts";
import { deadline } from "../harness/until.ts";
import { bare, bytes, client, idle, readUntil } from "./sessions.ts";

const script = "cat; echo end; exit 3";

testWithEngine("library: stdin: closing it ends the process's, and output goes on", async () => {
  await using box = await idle();
  const run = client.run("busybox", ["sh", "-c", script], { ...bare, stdin: "piped" });
  const exec = client.exec(box.name, ["sh", "-c", script], { stdin: "piped" });
  for (const session of [await run, await exec]) {
    const writer = session.stdin!.getWriter();
    await writer.write(bytes("typed\n"));
    await writer.close();
    assertEquals(await toText(session.stdout), "typed\nend\n");
    assertEquals(await session.status, { reason: "exited", code: 3 });
  }
});

testWithEngine("library: stdin: what is written is answered at once", async () => {
  await using box = await idle();
  const session = await client.exec(box.name, ["cat"], { stdin: "piped" });
  const writer = session.stdin!.getWriter();
  for (const line of ["one\n", "two\n", "three\n"]) {
    await writer.write(bytes(line));
    await readUntil(session.stdout, line);
  }
  await writer.close();
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine(
  "library: stdin: a process that ends early ends its input, though nobody reads it",
  async () => {
    await using box = await idle();
    const options = { stdin: "piped" as const };
    for (
      const open of [
        () => client.exec(box.name, ["head", "-c", "1"], options),
        () => client.run("busybox", ["head", "-c", "1"], { ...bare, ...options }),
      ]
    ) {
      await using session = await open();
      const input = new Blob([new Uint8Array(5_000_000)]).stream();
      const piping = input.pipeTo(session.stdin!);
      const late = 30_000;
      await deadline(
        assertRejects(() => piping, ConnectionError, "takes no more input: the session has ended"),
        late,
        "the input's end",
      );
      const { status, stdout } = await session.output();
      assertEquals([status, stdout.length], [{ reason: "exited", code: 0 }, 1]);
    }
  },
);

testWithEngine("library: stdin: with a tty, ctrl-d is its end, and closing is none", async () => {
  await using session = await client.run("busybox", ["cat"], {
    ...bare,
    tty: true,
    stdin: "piped",
  });
  const writer = session.stdin!.getWriter();
  await writer.write(bytes("typed\r"));
  await readUntil(session.stdout, "typed\r\ntyped\r\n");
  await writer.write(bytes("\x04"));
  await writer.close();
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine("library: stdin: of a container that keeps it open for others", async () => {
  if ((await engineVersion()).podman) return; // It has none such.
  await using box = await container({ cmd: ["cat"], openStdin: true });
  await using first = await client.attach(box.name, { stdin: "piped" });
  const writer = first.stdin!.getWriter();
  await writer.write(bytes("one\n"));
  await writer.close();
  await readUntil(first.stdout, "one\n");
  await using second = await client.attach(box.name, { stdin: "piped" });
  await second.stdin!.getWriter().write(bytes("two\n"));
  await readUntil(second.stdout, "two\n");
  await readUntil(first.stdout, "two\n");
  assert((await box.state()).Running);
});

testWithEngine("library: stdin: 20 MB there and back", async () => {
  await using box = await idle();
  const length = 20_000_000;
  const session = await client.exec(box.name, ["cat"], { stdin: "piped" });
  const [back] = await Promise.all([
    digest(session.stdout),
    ReadableStream.from(randomBytes(length)).pipeTo(session.stdin!),
  ]);
  assertEquals(back, digestOf(randomBytes(length)));
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine("library: stdin: none that was not asked for", async () => {
  await using box = await idle();
  const session = await client.exec(box.name, ["sh", "-c", script]);
  assertEquals(session.stdin, null);
  assertEquals(await toText(session.stdout), "end\n");
});
