/** record(): all is in the recording that is read of a session, however it is read. */
import { assertEquals, assertRejects } from "@std/assert";
import { InvalidOptionError, record, type Session } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { client, idle } from "./sessions.ts";

/** The events of a recording. */
async function eventsIn(file: string): Promise<[number, string, string][]> {
  const [, ...lines] = (await Deno.readTextFile(file)).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** Reads a stream to its end, as slowly as that. */
async function readAll(stream: ReadableStream<Uint8Array>, pause = 0): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return text;
}

const reading: Record<string, (session: Session) => Promise<string>> = {
  "stdout alone, and nothing is asked": ({ stdout }) => readAll(stdout),
  "the status first": async (session) => {
    await session.status;
    return await readAll(session.stdout);
  },
  "the status beside a slow reader": async (session) => {
    const [text] = await Promise.all([readAll(session.stdout, 2), session.status]);
    return text;
  },
  "into a buffer": async ({ stdout }) => {
    const reader = stdout.getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(1000));
    reader.releaseLock();
    return new TextDecoder().decode(value) + await readAll(stdout);
  },
  "by sinks": async (session) => {
    const decoder = new TextDecoder();
    let text = "";
    const write = (bytes: Uint8Array) => void (text += decoder.decode(bytes, { stream: true }));
    await session.forward({ stdout: { write }, stderr: { write } });
    return text;
  },
  "as a whole, once": async (session) => {
    const { stdout } = await session.output();
    await assertRejects(() => session.output(), InvalidOptionError, "read by somebody else");
    return new TextDecoder().decode(stdout);
  },
};

for (const [name, read] of Object.entries(reading)) {
  testWithEngine(`library: record: all is recorded of what is read: ${name}`, async () => {
    await using box = await idle();
    const folder = await Deno.makeTempDir();
    try {
      for (const tty of [true, false]) {
        const file = `${folder}/${tty}.cast`;
        const session = record(await client.exec(box.name, ["seq", "20000"], { tty }), file);
        const text = await read(session);
        assertEquals(text.length, tty ? 128_894 : 108_894);
        const isClosed = () => Deno.readTextFileSync(file).includes('"m", "exited 0"]\n');
        await until(isClosed, { what: "the recording's end" });
        const events = await eventsIn(file);
        const shown = events.filter(([, code]) => code === "o").map(([, , text]) => text).join("");
        assertEquals(shown === (tty ? text : text.replaceAll("\n", "\r\n")), true);
        assertEquals(events.at(-1)![1], "m", "the end is the last");
        // Deno's sanitizers look for what is left open.
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

testWithEngine("library: record: what goes to this process's own streams is recorded", async () => {
  await using box = await idle();
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/a.cast`;
    const script = `
      import { Client, record } from "@dockerpty/dockerpty";
      const targets = { stdout: "inherit", stderr: "null" } as const;
      const command = ["sh", "-c", "echo shown; echo dropped >&2"];
      const session = record(
        await new Client().exec(${JSON.stringify(box.name)}, command, targets),
        ${JSON.stringify(file)},
      );
      await session.status;`;
    const program = new URL(`./inherits_${crypto.randomUUID()}.ts`, import.meta.url);
    await Deno.writeTextFile(program, script);
    try {
      const args = ["run", "-A", "--quiet", program.pathname];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
      assertEquals(new TextDecoder().decode(stdout), "shown\n");
    } finally {
      await Deno.remove(program);
    }
    const events = await eventsIn(file);
    assertEquals(events.map(([, code, text]) => [code, text]), [["o", "shown\r\n"], [
      "m",
      "exited 0",
    ]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
