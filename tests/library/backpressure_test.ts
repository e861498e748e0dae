/** Output that is not read: little of it is taken from the engine, and none is lost. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Client } from "@dockerpty/dockerpty";
import { digest, digestOf, printed, printing } from "../engine/bytes.ts";
import { testWithEngine } from "../harness/engine.ts";
import { host } from "../harness/engine_api.ts";
import { until } from "../harness/until.ts";
import { bare, idle, watchedDial } from "./sessions.ts";

const length = 64_000_000;
const muchLess = 2_000_000;

/** A client, and how many bytes it has read from the engine. */
function counting(): { client: Client; read: () => number } {
  let total = 0;
  const client = new Client({ dial: watchedDial({ read: (count) => total += count }) });
  return { client, read: () => total };
}

/** Waits until no more is read, for as many looks in a row; returns how much was. */
async function stalled(read: () => number): Promise<number> {
  let last = -1;
  let looks = 0;
  await until(() => {
    looks = read() === last ? looks + 1 : 0;
    last = read();
    return last > 10_000 && looks === 20;
  }, { what: () => `reading to stop, after ${last} bytes` });
  return last;
}

testWithEngine("library: backpressure: of a run and of an exec", async () => {
  await using box = await idle();
  const opens = [
    (client: Client) => client.run("busybox", printing(length), { ...bare, logDriver: "none" }),
    (client: Client) => client.exec(box.name, printing(length)),
    (client: Client) => client.exec(box.name, printing(length), { tty: true }),
  ];
  for (const open of opens) {
    const { client, read } = counting();
    await using session = await open(client);
    // Asked for, and not read.
    const { stdout, status } = session;
    const ahead = await stalled(read);
    assert(ahead < muchLess, `${ahead} bytes were read ahead`);
    if (session.tty) continue;
    assertEquals(await digest(stdout), digestOf(printed(length)));
    assertEquals(await status, { reason: "exited", code: 0 });
  }
}, { limit: 180_000 });

testWithEngine(
  "library: backpressure: an unread stderr stops stdout, and neither is lost",
  async () => {
    await using box = await idle();
    const [sh, flag, script] = printing(8_000_000);
    const both = `(${script}) & (${script}) >&2; wait`;
    const { client, read } = counting();
    const session = await client.exec(box.name, [sh, flag, both]);
    const { stdout, stderr } = session;
    assert(await stalled(read) < muchLess);
    const expected = digestOf(printed(8_000_000));
    assertEquals(await Promise.all([digest(stdout), digest(stderr!)]), [expected, expected]);
    assertEquals(await session.status, { reason: "exited", code: 0 });
  },
);

testWithEngine("library: backpressure: a process that does not read stops the writer", async () => {
  await using box = await idle();
  const script = "until [ -e /go ]; do sleep 0.02; done; exec wc -c";
  const session = await new Client().exec(box.name, ["sh", "-c", script], { stdin: "piped" });
  let taken = 0;
  const block = new Uint8Array(65536);
  const blocks = 512;
  const writing = (async () => {
    const writer = session.stdin!.getWriter();
    for (; taken < blocks; taken++) await writer.write(block);
    await writer.close();
  })();
  assert(await stalled(() => taken * block.length) < blocks * block.length / 2, `${taken} blocks`);
  await box.exec(["touch", "/go"]);
  const [{ status, stdout }] = await Promise.all([session.output(), writing]);
  assertEquals(status, { reason: "exited", code: 0 });
  assertEquals(new TextDecoder().decode(stdout).trim(), `${blocks * block.length}`);
});

testWithEngine("library: backpressure: a stream that nobody reads is told of", async () => {
  await using box = await idle();
  const warn = console.warn;
  const told: string[] = [];
  console.warn = (message: string) => void told.push(message);
  try {
    const flood = "head -c 2000000 /dev/zero";
    for (
      const [script, waiting, words] of [
        [`${flood} >&2`, "stdout", /a session's stderr is full.* its stdout gets no more/],
        [flood, "status", /a session's stdout is full.* how it ends is not known/],
      ] as const
    ) {
      await using session = await new Client().exec(box.name, ["sh", "-c", script]);
      const waited = waiting === "status" ? session.status : session.stdout.getReader().read();
      await until(() => told.length > 0, { what: "the warning" });
      assertMatch(told.splice(0).join(), words);
      session.detach();
      await waited;
    }
  } finally {
    console.warn = warn;
  }
});

testWithEngine(
  "library: backpressure: a program whose session has ended is told of nothing",
  async () => {
    // More than the session keeps, and no more than the socket does: the process ends, and all is unread.
    const program = `
    import { Client } from "@dockerpty/dockerpty";
    const options = { network: "none", remove: true, logDriver: "none" };
    const session = await new Client().run("busybox", ["seq", "1", "60000"], options);
    console.log((await session.status).code);
  `;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--no-lock", program],
      cwd: new URL("../../", import.meta.url),
      env: { DOCKER_HOST: host },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals([text(stdout), text(stderr)], ["0\n", ""]);
  },
);
