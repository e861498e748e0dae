/** record(): recordings that asciinema can play. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Client,
  DockerptyError,
  record,
  type RecordOptions,
  type Session,
} from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { tool } from "../harness/kept_process.ts";
import { network } from "../harness/network.ts";
import { idle } from "./sessions.ts";

const client = new Client();

interface Cast {
  header: Record<string, unknown>;
  events: [number, string, string][];
}

async function recorded(
  opening: Promise<Session>,
  use: (session: Session) => Promise<unknown>,
  options: RecordOptions = {},
): Promise<Cast> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/a.cast`;
    await using session = record(await opening, file, options);
    await use(session);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    const [header, ...events] = (await Deno.readTextFile(file)).trimEnd().split("\n");
    return { header: JSON.parse(header), events: events.map((line) => JSON.parse(line)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const written = ({ events }: Cast, code: string) =>
  events.filter((event) => event[1] === code).map((event) => event[2]).join("");

testWithEngine("library: record: output, sizes and the end, and no input", async () => {
  await using box = await idle();
  const opening = client.exec(box.name, ["sh", "-c", "read line; echo got $line; exit 4"], {
    tty: true,
    stdin: "piped",
  });
  const size = { rows: 20, columns: 70 };
  const cast = await recorded(opening, async (session) => {
    await session.resize({ rows: 30, columns: 100 });
    const writer = session.stdin!.getWriter();
    await writer.write(new TextEncoder().encode("secret\r"));
    await session.output();
  }, { size, command: "sh" });
  assertEquals(cast.header.version, 2);
  assertEquals([cast.header.width, cast.header.height], [70, 20]);
  assertEquals(cast.header.command, "sh");
  assert(written(cast, "o").endsWith("got secret\r\n"));
  assertEquals(written(cast, "r"), "100x30");
  assertEquals(written(cast, "i"), "");
  assertEquals(written(cast, "m"), "exited 4");
  const times = cast.events.map(([time]) => time);
  assertEquals(times, times.toSorted((a, b) => a - b));
});

testWithEngine("library: record: the size is the session's, where no other is told", async () => {
  await using box = await idle();
  const size = { rows: 33, columns: 99 };
  const bare = { network, remove: true } as const;
  const ways = {
    exec: client.exec(box.name, ["echo", "hi"], { tty: true, size }),
    run: client.run("busybox", ["echo", "hi"], { tty: true, size, ...bare }),
    "without a tty": client.run("busybox", ["echo", "hi"], { size, ...bare }),
  };
  for (const [way, opening] of Object.entries(ways)) {
    const cast = await recorded(opening, async (session) => {
      assertEquals(session.size, session.tty ? size : null, way);
      await session.output();
    }, {});
    assertEquals(written(cast, "o"), "hi\r\n", way);
    const { width, height } = cast.header;
    assertEquals([width, height], way === "without a tty" ? [80, 24] : [99, 33], way);
  }
});

testWithEngine("library: record: input where it is asked for", async () => {
  await using box = await idle();
  const opening = client.exec(box.name, ["cat"], { stdin: "piped" });
  const cast = await recorded(opening, async (session) => {
    const writer = session.stdin!.getWriter();
    await writer.write(new TextEncoder().encode("typed\n"));
    await writer.close();
    const { stdout } = await session.output();
    assertEquals(new TextDecoder().decode(stdout), "typed\n", "what passes is not changed");
  }, { input: true });
  assertEquals(written(cast, "i"), "typed\n");
  assertEquals(written(cast, "o"), "typed\r\n", "a player needs the carriage return");
});

testWithEngine("library: record: a file that is there is not overwritten", async () => {
  await using box = await idle();
  const file = await Deno.makeTempFile();
  try {
    await using session = await client.exec(box.name, ["true"]);
    assertThrows(() => record(session, file), DockerptyError, "there already");
    assertThrows(() => record(session, "/nowhere/a.cast"), DockerptyError, "/nowhere/a.cast");
    await Deno.chmod(file, 0o644);
    await record(session, file, { force: true }).output();
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(file);
  }
});

testWithEngine("library: record: a recording that is broken off can be played", async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    const script = `
      import { Client, record } from "@dockerpty/dockerpty";
      const session = record(
        await new Client().exec(Deno.args[0], ["sh", "-c", "echo before; sleep 60"]),
        Deno.args[1],
      );
      await session.forward({ stdout: { write: () => Deno.kill(Deno.pid, "SIGKILL") }, stderr: {
        write: () => {} } });`;
    const file = new URL(`./broken_${crypto.randomUUID()}.ts`, import.meta.url);
    await Deno.writeTextFile(file, script);
    try {
      const args = ["run", "-A", "--quiet", file.pathname, box.name, `${folder}/a.cast`];
      const { signal } = await new Deno.Command(Deno.execPath(), { args }).output();
      assertEquals(signal, "SIGKILL");
    } finally {
      await Deno.remove(file);
    }
    const lines = (await Deno.readTextFile(`${folder}/a.cast`)).trimEnd().split("\n");
    assertEquals(JSON.parse(lines[1])[2], "before\r\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

testWithEngine("library: record: the file is closed however the session ends", async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    const leave: Record<string, (session: Session) => unknown> = {
      "disposed of": (session) => session[Symbol.asyncDispose](),
      "detached": (session) => session.detach(),
      "read to its end": (session) => session.output(),
      "read as streams": async (session) => {
        await Promise.all([session.stdout.cancel(), session.stderr?.cancel()]);
        await session.status;
      },
    };
    for (const [how, end] of Object.entries(leave)) {
      const over = await client.exec(box.name, ["echo", "hi"]);
      await end(over);
      await over.status;
      const late = `${folder}/${how}, and then recorded.cast`;
      record(over, late);
      assertEquals((await Deno.readTextFile(late)).includes('"m", '), true, `${how}, before`);
      const file = `${folder}/${how}.cast`;
      const session = record(await client.exec(box.name, ["echo", "hi"]), file);
      await end(session);
      const { reason } = await session.status;
      // Deno's sanitizers look for what is left open.
      assertEquals((await Deno.readTextFile(file)).includes('"m", '), true, `${how}: ${reason}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

testWithEngine("library: record: a disk that is full ends the session with an error", async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    // It has room for the header and for a few lines.
    await tool("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    try {
      const file = `${folder}/a.cast`;
      // Its first line is a piece of its own, so that it fits.
      const command = ["sh", "-c", "echo begin; read _; head -c 500000 /dev/zero; sleep 60"];
      await using session = record(await client.exec(box.name, command, { stdin: "piped" }), file);
      const stdout = session.stdout.getReader();
      await stdout.read();
      await session.stdin!.getWriter().write(new Uint8Array([10]));
      const readOn = async () => {
        while (!(await stdout.read()).done);
      };
      await assertRejects(readOn, DockerptyError, "No space left on device");
      // Whoever does not read that stream is told as well.
      await assertRejects(() => session.status, DockerptyError, "No space left on device");
      const text = await Deno.readTextFile(file);
      assert(text.includes("begin"));
      // The disk had room for a part of one: it could not be played.
      for (const line of text.trimEnd().split("\n")) JSON.parse(line);
      assert(text.endsWith("]\n"), text.slice(-50));
    } finally {
      await tool("umount", [folder]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 });
