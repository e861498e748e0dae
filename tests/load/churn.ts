/**
 * A process that opens sessions of all kinds and ends them in all ways, until its stdin ends. It says
 * a line for each round, and what it holds in KiB now and then; the first thing that is not as it should be ends it.
 *
 *     deno run -A tests/load/churn.ts CONTAINER [WORKERS]
 */
import {
  attach,
  capture,
  Client,
  ConnectionError,
  EngineError,
  record,
  type Session,
} from "@dockerpty/dockerpty";
import { assertEquals, assertRejects } from "@std/assert";
import { digest, digestOf, printed, printing } from "../engine/bytes.ts";

const [container, workers = "1"] = Deno.args;
const bare = { network: "none", remove: true, logDriver: "none" } as const;
const shared = new Client();

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (text: string) => new TextEncoder().encode(text);

async function readUntil(session: Session, wanted: string): Promise<void> {
  let seen = "";
  for await (const bytes of session.stdout.values({ preventCancel: true })) {
    seen += text(bytes);
    if (seen.includes(wanted)) return;
  }
  throw new Error(`waited for ${wanted}: ${JSON.stringify(seen)}`);
}

async function type(session: Session, keys: string): Promise<void> {
  const writer = session.stdin!.getWriter();
  await writer.write(bytes(keys));
  writer.releaseLock();
}

/** The ways in which a session goes, each by its name. */
const WAYS: Record<string, (client: Client, round: number) => Promise<void>> = {
  async "an exec, to its end"(client, round) {
    const session = await client.exec(container, ["sh", "-c", `echo ${round}; exit 3`]);
    const { status, stdout } = await session.output();
    assertEquals([status, text(stdout)], [{ reason: "exited", code: 3 }, `${round}\n`]);
  },
  async "an exec with a terminal, resized, typed at and killed"(client) {
    await using session = await client.exec(container, ["sh", "-c", "echo ready; exec cat"], {
      tty: true,
      stdin: "piped",
    });
    await readUntil(session, "ready");
    for (const rows of [10, 20, 30]) await session.resize({ rows, columns: 100 });
    await type(session, "typed\r");
    await readUntil(session, "typed");
    await session.kill("SIGKILL");
    assertEquals(await session.status, { reason: "exited", code: 137 });
  },
  async "a run, removed at its end"(client, round) {
    const session = await client.run("busybox", ["echo", `${round}`], bare);
    assertEquals(text((await session.output()).stdout), `${round}\n`);
  },
  async "a run that is detached from, and attached to again"(client) {
    const first = await client.run("busybox", ["sh", "-c", "echo one; exec sleep 600"], bare);
    await readUntil(first, "one");
    first.detach();
    assertEquals(await first.status, { reason: "detached" });
    await using again = await client.attach(first.id);
    await again.kill("SIGKILL");
    assertEquals(await again.status, { reason: "exited", code: 137 });
  },
  async "megabytes, hashed"(client) {
    const session = await client.exec(container, printing(3_000_000));
    assertEquals(await digest(session.stdout), digestOf(printed(3_000_000)));
  },
  async "megabytes in and out"(client) {
    const session = await client.exec(container, ["cat"], { stdin: "piped" });
    const sent = [...printed(1_000_000)];
    const [back] = await Promise.all([
      digest(session.stdout),
      ReadableStream.from(sent).pipeTo(session.stdin!),
    ]);
    assertEquals(back, digestOf(sent));
  },
  async "a session that is left with its output unread"(client) {
    await using session = await client.exec(container, printing(500_000));
    await readUntil(session, "0");
  },
  async "a session that is given up by a signal"(client) {
    const given = new AbortController();
    const session = await client.exec(container, ["sh", "-c", "echo ready; sleep 2"], {
      signal: given.signal,
    });
    await readUntil(session, "ready");
    given.abort();
    await assertRejects(() => session.status, DOMException);
  },
  async "what is captured, with a limit of time"() {
    const captured = await capture(await shared.exec(container, ["echo", "hi"]), {
      signal: AbortSignal.timeout(60_000),
    });
    assertEquals(text(captured.stdout), "hi\n");
  },
  async "a recording"(client, round) {
    const path = await Deno.makeTempFile({ prefix: "dockerpty-test-", suffix: ".cast" });
    try {
      const session = await client.exec(container, ["echo", `${round}`], { tty: true });
      await record(session, path, { force: true }).output();
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").slice(1);
      const events = lines.map((line) => JSON.parse(line));
      // The terminal may hand a line over in pieces.
      const output = events.filter(([, code]) => code === "o").map(([, , data]) => data).join("");
      assertEquals([output, events.at(-1)[2]], [`${round}\r\n`, "exited 0"]);
    } finally {
      await Deno.remove(path);
    }
  },
  async "what the engine refuses"(client) {
    await assertRejects(() => client.attach("dockerpty-test-none"), EngineError);
    await assertRejects(() => attach("dockerpty-test-none", { interactive: false }), EngineError);
    await assertRejects(() => client.run("busybox", ["/none"], bare), EngineError);
  },
  async "a command that is not there"(client) {
    const { status } = await (await client.exec(container, ["/none"])).output();
    assertEquals(status, { reason: "exited", code: 127 });
  },
  async "an engine that is not there"() {
    const nowhere = new Client({ endpoint: "unix:///nowhere/docker.sock" });
    await assertRejects(() => nowhere.exec(container, ["true"]), ConnectionError);
  },
};

let round = 0;
let over = false;

async function work(): Promise<void> {
  const ways = Object.entries(WAYS);
  while (!over) {
    const mine = round++;
    const [name, go] = ways[mine % ways.length];
    try {
      await go(mine % 2 === 0 ? shared : new Client(), mine);
    } catch (error) {
      throw new Error(`round ${mine}: ${name}`, { cause: error });
    }
    if (!over) console.log(`${mine} ${name}`);
    // What is only still to be collected is no leak; what is still held then is told.
    if (mine % 50 === 0) {
      for (let pass = 0; pass < 3; pass++) (globalThis as { gc?: () => void }).gc?.();
      const { heapUsed, external } = Deno.memoryUsage();
      console.log(`held ${Math.round((heapUsed + external) / 1024)}`);
    }
  }
}

const working = Promise.all(Array.from({ length: Number(workers) }, work));
const told = Deno.stdin.read(new Uint8Array(1)).then(() => over = true);
await Promise.race([working, told]);
await working;
console.log("over");
Deno.exit(0);
