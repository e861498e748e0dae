/**
 * A real dockerd that is stopped, killed and restarted in the middle of sessions, beside docker's own
 * command on the same engine, which says nothing of it or ends with code 0.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Live } from "../engine/live.ts";
import { uniqueName } from "../harness/engine.ts";
import { LiveRestoreEngine, noLiveRestoreEngine } from "../harness/live_restore_engine.ts";
import { dockerMissing } from "../parity/engines.ts";

const LIMIT = 60_000;
const missing = noLiveRestoreEngine();

/** The clients; docker's own where there is one that can be compared with. */
const CLIENTS = ["dockerpty", ...dockerMissing === null ? ["docker"] : []] as const;

/** The verbs whose sessions are joined. */
const VERBS = ["run", "start", "attach", "exec"] as const;

/** Says that it is ready, reads a line, repeats it and ends with 7. */
const SCRIPT = "trap 'exit 43' TERM; echo ready; read line; echo got $line; exit 7";

/** A session of one of the clients with a process of its own. */
class Joined implements AsyncDisposable {
  constructor(readonly client: string, readonly verb: string, readonly live: Live) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.live[Symbol.asyncDispose]();
  }
}

/** A session of each verb and client, whose processes are ready. */
async function join(engine: LiveRestoreEngine, stack: AsyncDisposableStack): Promise<Joined[]> {
  const box = uniqueName();
  const idle = ["run", "-d", "-i", "--name", box, "--network", "none", "busybox", "cat"];
  await using made = new Live(["-H", engine.host, ...idle]);
  assertEquals((await made.end({ timeout: LIMIT })).code, 0);
  const open = async (client: string, verb: (typeof VERBS)[number]) => {
    const name = `${box}-${client}-${verb}`;
    if (verb === "attach" || verb === "start") await make(engine.host, verb, name);
    const rest = {
      run: ["-i", "--name", name, "--network", "none", "busybox", "sh", "-c", SCRIPT],
      exec: ["-i", box, "sh", "-c", SCRIPT],
      start: ["-a", "-i", name],
      attach: [name],
    }[verb];
    const args = ["-H", engine.host, verb, ...rest];
    const live = new Live(args, { stdin: "piped", env: { DOCKERPTY_UNDER_TEST: client } });
    const joined = stack.use(new Joined(client, verb, live));
    if (verb === "attach") await live.write("are you there?\n");
    await live.waitFor("ready", { timeout: LIMIT });
    return joined;
  };
  return await Promise.all(CLIENTS.flatMap((client) => VERBS.map((verb) => open(client, verb))));
}

/** Makes a container for somebody to attach to, or to start. */
async function make(host: string, verb: "attach" | "start", name: string): Promise<void> {
  const run = ["-H", host, "run", "-i", "--name", name, "--network", "none"];
  const rest = verb === "attach"
    // Nothing is said before somebody is there.
    ? ["-d", "busybox", "sh", "-c", `read call; ${SCRIPT}`]
    : ["busybox", "sh", "-c", `[ -e /made ] || exec touch /made; ${SCRIPT}`];
  await using made = new Live([...run, ...rest]);
  const { code, stderr } = await made.end({ timeout: LIMIT });
  assertEquals([code, stderr], [0, ""]);
}

/** How each of them ended; printed, so that the two clients can be compared. */
async function ends(joined: Joined[], what: string) {
  return await Promise.all(joined.map(async ({ client, verb, live }) => {
    const end = await live.end({ timeout: LIMIT });
    console.log(`${what}: ${client} ${verb}: ${end.code} ${JSON.stringify(end.stderr)}`);
    return { client, verb, ...end };
  }));
}

/** What clients come to by themselves that start on an engine which says nothing, and have a second. */
async function timedOut(host: string): Promise<void> {
  const lines: [code: number, ...args: string[]][] = [
    [125, "run", "--rm", "busybox"],
    [125, "run", "-d", "busybox"],
    [1, "start", "-a", "box"],
    [1, "attach", "box"],
    [1, "exec", "box", "true"],
    [1, "exec", "-d", "box", "true"],
    [1, "shell", "box"],
  ];
  await Promise.all(lines.map(async ([code, ...args]) => {
    const begun = performance.now();
    await using live = new Live(["-H", host, ...args], { env: { DOCKER_CLIENT_TIMEOUT: "1" } });
    const end = await live.end({ timeout: LIMIT });
    const took = performance.now() - begun;
    assertEquals([end.code, end.signal, end.stdout], [code, null, ""], end.stderr);
    assertMatch(
      end.stderr,
      new RegExp(
        `^dockerpty ${args[0]}: the engine at \\S+ has not answered \\S+ \\S+ for 1 second; .*\\n$`,
      ),
    );
    // One call's time, and what a busy machine takes to start all of them.
    assert(took > 1000 && took < 15_000, `${args.join(" ")}: ${Math.round(took)} ms`);
    console.log(`silent: dockerpty ${args.join(" ")}: ${code} after ${Math.round(took)} ms`);
  }));
}

/** What sessions come to when their engine is restarted. */
async function restarted(
  t: Deno.TestContext,
  engine: LiveRestoreEngine,
  liveRestore: boolean,
): Promise<void> {
  const kind = liveRestore ? "with live-restore" : "without live-restore";
  await t.step(`real engine, ${kind}: restarted: never taken for success`, async () => {
    await using stack = new AsyncDisposableStack();
    const joined = await join(engine, stack);
    await engine.stop();
    for (const { client, verb, code, stdout, stderr } of await ends(joined, "restarted")) {
      if (client !== "dockerpty") continue;
      assertEquals(stdout, "ready\n");
      // Without live-restore it ends its containers first, and may still tell how they ended.
      const ended = !liveRestore && (verb === "exec" ? code === 137 : code === 43) &&
        stderr === "";
      if (ended) continue;
      assertEquals(code, 125, `${verb}: ${stderr}`);
      assertMatch(stderr, /^dockerpty (run|start|attach|exec): [^\n]*\n$/);
    }
    await engine.again();
  });
}

for (const liveRestore of [true, false]) {
  const kind = liveRestore ? "with live-restore" : "without live-restore";
  if (missing !== undefined) console.error(`SKIPPED real engine ${kind}: ${missing}`);
  Deno.test({
    name: `real engine, ${kind}`,
    ignore: missing !== undefined,
    timeout: 10 * LIMIT,
    async fn(t) {
      await using engine = await LiveRestoreEngine.start({ liveRestore });
      await restarted(t, engine, liveRestore);
      // What comes of the rest does not depend on it.
      if (!liveRestore) return;

      await t.step(`real engine, ${kind}: stopped for a while: sessions go on`, async () => {
        await using stack = new AsyncDisposableStack();
        const joined = await join(engine, stack);
        await engine.signal("SIGSTOP");
        try {
          for (const { live } of joined) await live.write("hello\n");
          // It says nothing, to whoever asks: a client that starts now can still be ended.
          await using late = new Live(["-H", engine.host, "run", "--rm", "busybox"]);
          await late.joined();
          late.kill("SIGTERM");
          assertEquals((await late.end({ timeout: LIMIT })).signal, "SIGTERM");
          await timedOut(engine.host);
        } finally {
          await engine.signal("SIGCONT");
        }
        for (const { client, verb, code, stdout, stderr } of await ends(joined, "stopped")) {
          assertEquals([code, stdout, stderr], [7, "ready\ngot hello\n", ""], `${client} ${verb}`);
        }
      });

      await t.step(`real engine, ${kind}: killed: an error in one line, code 125`, async () => {
        await using stack = new AsyncDisposableStack();
        const joined = await join(engine, stack);
        await engine.stop("SIGKILL");
        for (const { client, verb, code, stdout, stderr } of await ends(joined, "killed")) {
          if (client !== "dockerpty") continue;
          assertEquals([code, stdout], [125, "ready\n"], verb);
          assertMatch(stderr, /^dockerpty (run|start|attach|exec): [^\n]*may still be running\n$/);
        }
        await engine.again();
      });

      await t.step(`real engine, ${kind}: away: refused in one line`, async () => {
        await engine.stop();
        for (
          const [verb, code] of [["run", 125], ["start", 1], ["attach", 1], ["exec", 1]] as const
        ) {
          await using live = new Live(
            ["-H", engine.host, verb, "box", "true"].slice(
              0,
              verb === "run" || verb === "exec" ? 5 : 4,
            ),
          );
          const end = await live.end({ timeout: LIMIT });
          assertEquals([end.code, end.stdout], [code, ""], end.stderr);
          assertMatch(end.stderr, /^dockerpty \w+: cannot connect to the engine at [^\n]*\n$/);
        }
        await engine.again();
      });
    },
  });
}
