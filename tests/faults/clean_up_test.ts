/**
 * What is left behind when an opening is given up, by a signal or an AbortSignal: no container that
 * was to be removed, no helper process, no file.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Client } from "@dockerpty/dockerpty";
import { Live } from "../engine/live.ts";
import { temporaryFolder } from "../engine/piped.ts";
import { json } from "../fakes/engine.ts";
import { commandEnv } from "../harness/command.ts";
import { until } from "../harness/until.ts";
import { type Rule, ScriptedEngine, type Step } from "./scripted_engine.ts";
import { Aborted } from "./sessions.ts";
import { tests } from "./tests.ts";
import { type CallName, ID, ON, WELL, wellBut } from "./well.ts";

const LIMIT = 60_000;

/** How often a container was removed. */
function removals(engine: ScriptedEngine): number {
  return engine.count(ON.remove);
}

const missing: Rule = {
  on: ON.create,
  steps: [json(404, { message: "No such image: dockerpty.invalid/busybox:latest" })],
  times: 1,
};
const noImage: Rule = { on: ON.image, steps: [json(404, { message: "No such image" })] };

/**
 * An engine that goes no further than a call: it answers that when the signal has been sent, which
 * may be before the signal has come, and nothing that the client may ask for then.
 */
function stopsAt(call: CallName, answer: Step[] = WELL[call]): Rule[] {
  const before = call === "pull" ? [missing, noImage] : [];
  const further = call === "create"
    ? { attach: ["silence" as const], start: ["silence" as const] }
    : {};
  return wellBut({ ...further, [call]: [{ after: /^signalled$/ }, ...answer] }, before);
}

const STAGES: readonly [call: CallName, made: boolean][] = [
  ["ping", false],
  ["pull", false],
  ["create", true],
  ["attach", true],
  ["wait", true],
  ["start", true],
];

/** The signals that end the command. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

for (const signal of SIGNALS) {
  tests(`clean-up: ${signal} to run --rm`, async (t) => {
    for (const [call, made] of STAGES) {
      await t.step(
        `clean-up: ${signal} to run --rm, at ${call}: ${made ? "removed" : "not made"}`,
        async () => {
          await using folder = await temporaryFolder();
          // A creation is answered once the signal has been sent, and the rest never.
          const answer: Step[] = call === "create" ? WELL.create : ["silence"];
          await using at = new ScriptedEngine(stopsAt(call, answer));
          const cidFile = `${folder.path}/cid`;
          const args = [
            "-H",
            at.host,
            "run",
            "--quiet",
            "--rm",
            "--cidfile",
            cidFile,
            "dockerpty.invalid/busybox",
          ];
          await using run = new Live(args, { env: { TMPDIR: folder.path } });
          await at.happened(ON[call]);
          run.kill(signal);
          at.happen("signalled");
          const { signal: endedBy, stdout, stderr } = await run.end({ timeout: LIMIT });
          assertEquals([endedBy, stdout, stderr], [signal, "", ""]);
          await at.left();
          assertEquals(removals(at), made ? 1 : 0, at.events.join(", "));
          // A file that no id was written to is taken away; one with an id stays, as docker's does.
          // A creation may be answered before the signal has come.
          const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
          const written = call === "create" ? files.length > 0 : made;
          assertEquals(files, written ? ["cid"] : []);
          if (written) assertEquals(await Deno.readTextFile(cidFile), ID);
        },
      );
    }
  });
}

tests("clean-up: a second signal ends the command at once", async () => {
  await using engine = new ScriptedEngine(wellBut({ create: ["silence"] }));
  await using run = new Live(["-H", engine.host, "run", "--rm", "busybox"]);
  await engine.happened(ON.create);
  run.kill("SIGTERM");
  await run.waitFor("another one ends it at once", { stream: "stderr", timeout: LIMIT });
  run.kill("SIGINT");
  assertEquals((await run.end({ timeout: LIMIT })).signal, "SIGINT");
});

tests("clean-up: a container that cannot be removed is told of", async () => {
  const faults = {
    start: ["silence" as const],
    remove: [json(500, { message: "device is busy" })],
  };
  await using engine = new ScriptedEngine(wellBut(faults));
  await using run = new Live(["-H", engine.host, "run", "--rm", "busybox"]);
  await engine.happened(ON.start);
  run.kill("SIGTERM");
  const { signal, stderr } = await run.end({ timeout: LIMIT });
  assertEquals(signal, "SIGTERM");
  assertMatch(
    stderr,
    /^dockerpty run: .*container c0ffeec0ffee could not be removed: device is busy\n$/,
  );
});

tests("clean-up: a removal that the engine does not answer is given up in time", async () => {
  const silent = { start: ["silence" as const], remove: ["silence" as const] };
  await using engine = new ScriptedEngine(wellBut(silent));
  const env = { DOCKER_CLIENT_TIMEOUT: "3" };
  await using run = new Live(["-H", engine.host, "run", "--rm", "busybox"], { env });
  await engine.happened(ON.start);
  run.kill("SIGTERM");
  const { signal, stdout, stderr } = await run.end({ timeout: LIMIT });
  assertEquals([signal, stdout, removals(engine)], ["SIGTERM", "", 1]);
  assertMatch(
    stderr,
    /^dockerpty: ending by SIGTERM .*\ndockerpty run: .*container c0ffeec0ffee could not be removed: .*has not answered DELETE .* for 3 seconds; .*\n$/,
  );
  await engine.left();
});

tests("clean-up: SIGTERM to run -d --rm, start and exec", async (t) => {
  const lines: [string, string[], CallName, number][] = [
    ["run -d --rm, at create", ["run", "-d", "--rm", "busybox"], "create", 1],
    ["run -d --rm, at start", ["run", "-d", "--rm", "busybox"], "start", 1],
    ["start -a, at start", ["start", "-a", "box"], "start", 0],
    ["attach, at wait", ["attach", "box"], "wait", 0],
    ["exec, at create", ["exec", "box", "true"], "execCreate", 0],
  ];
  for (const [name, args, call, count] of lines) {
    await t.step(`clean-up: SIGTERM to ${name}`, async () => {
      const answer: Step[] = call === "create" ? WELL.create : ["silence"];
      await using engine = new ScriptedEngine(stopsAt(call, answer));
      await using live = new Live(["-H", engine.host, ...args]);
      await engine.happened(ON[call]);
      live.kill("SIGTERM");
      engine.happen("signalled");
      const { signal, stdout, stderr } = await live.end({ timeout: LIMIT });
      assertEquals([signal, stdout, stderr], ["SIGTERM", "", ""]);
      await engine.left();
      assertEquals(removals(engine), count, engine.events.join(", "));
    });
  }
});

tests("clean-up: an AbortSignal while a container is being made", async (t) => {
  for (const remove of [true, false]) {
    await t.step(
      `clean-up: abort at create, remove: ${remove}: removed, as nobody knows its id`,
      async () => {
        await using engine = new ScriptedEngine(stopsAt("create"));
        const client = new Client({ endpoint: engine.host });
        const abort = new AbortController();
        const opening = client.run("busybox", [], { remove, signal: abort.signal });
        await engine.happened(ON.create);
        abort.abort(new Aborted("given up"));
        engine.happen("signalled");
        await assertRejects(() => opening, Aborted);
        await engine.left();
        assertEquals(removals(engine), 1);
      },
    );
  }
  await t.step(
    "clean-up: abort at create, and the engine never answers: left in the end",
    async () => {
      await using engine = new ScriptedEngine(wellBut({ create: ["silence"] }));
      const client = new Client({ endpoint: engine.host, timeout: 1000 });
      const abort = new AbortController();
      const opening = client.run("busybox", [], { signal: abort.signal });
      await engine.happened(ON.create);
      abort.abort(new Aborted("given up"));
      await assertRejects(() => opening, Aborted);
      await engine.left();
    },
  );
  await t.step("clean-up: onCreated throws: removed", async () => {
    await using engine = new ScriptedEngine(wellBut());
    const client = new Client({ endpoint: engine.host });
    const onCreated = () => {
      throw new Aborted("no room for the id");
    };
    await assertRejects(() => client.run("busybox", [], { onCreated }), Aborted);
    assertEquals(removals(engine), 1);
  });
});

/** The processes that a process has started, and theirs. */
function descendants(pid: number): number[] {
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  return children.split(" ").filter(Boolean).map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
}

/** Whether a process is there, and has not ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

async function assertGone(pids: number[]): Promise<void> {
  assert(pids.length > 0);
  await until(() => !pids.some(isAlive), { what: `the ends of ${pids}`, timeout: LIMIT });
}

tests("clean-up: a signal ends a credential helper that is asked", async (t) => {
  for (const name of SIGNALS) {
    await t.step(`clean-up: ${name} ends a credential helper that is asked`, async () => {
      await using folder = await temporaryFolder();
      const helper = `${folder.path}/docker-credential-slow`;
      await Deno.writeTextFile(helper, `#!/bin/sh\necho $$ >${folder.path}/pid\nexec sleep 600\n`);
      await Deno.chmod(helper, 0o755);
      await Deno.writeTextFile(`${folder.path}/config.json`, '{"credsStore":"slow"}');
      await using engine = new ScriptedEngine(wellBut({}, [missing, noImage]));
      await using run = new Live(["-H", engine.host, "run", "--rm", "dockerpty.invalid/busybox"], {
        env: { DOCKER_CONFIG: folder.path, PATH: `${folder.path}:${commandEnv().PATH}` },
      });
      const pid = await until(() => {
        try {
          return Number(Deno.readTextFileSync(`${folder.path}/pid`));
        } catch {
          return 0;
        }
      }, { what: "the helper", timeout: LIMIT });
      using stack = new DisposableStack();
      stack.defer(() => isAlive(pid) && Deno.kill(pid, "SIGKILL"));
      run.kill(name);
      const { signal, stderr } = await run.end({ timeout: LIMIT });
      // The first line is of the image that is not there.
      assertEquals([signal, stderr.split("\n").slice(1)], [name, [""]], stderr);
      await assertGone([pid]);
      // Without its answer nothing was asked of the registry.
      assertEquals(engine.count(ON.pull), 0, engine.events.join(", "));
    });
  }
});

tests("clean-up: a signal ends an ssh that is still trying", async (t) => {
  for (const name of SIGNALS) {
    await t.step(`clean-up: ${name} ends an ssh that is still trying`, async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepting = listener.accept();
      const host = `ssh://nobody@127.0.0.1:${listener.addr.port}`;
      await using run = new Live(["-H", host, "run", "--rm", "busybox"]);
      // It says nothing, so that ssh waits for its first word.
      using _connection = await accepting;
      const pids = descendants(run.child.pid);
      run.kill(name);
      assertEquals((await run.end({ timeout: LIMIT })).signal, name);
      await assertGone(pids);
    });
  }
});
