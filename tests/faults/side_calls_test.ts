/**
 * Faults of the calls beside a session's own: a signal to an exec, which takes another exec; the
 * size of its terminal; what is started and left at once; the look for a shell; names to complete,
 * and to find what was meant.
 */
import { assert, assertEquals } from "@std/assert";
import { Client } from "@dockerpty/dockerpty";
import { frame } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import { deadline } from "../harness/until.ts";
import { checkAll, FAULTS, type Line, linesOf, SILENT } from "./command_lines.ts";
import { type Rule, ScriptedEngine, type Step } from "./scripted_engine.ts";
import { assertFailed, count, inShortTime, outcome } from "./sessions.ts";
import { tests } from "./tests.ts";
import { type CallName, ON, UPGRADED, WELL, wellBut } from "./well.ts";

const OK = "HTTP/1.1 200 OK\r\n";

/** Checks that this was asked for, and not again: how long it took may be the machine's doing. */
const once = (call: RegExp) => (engine: ScriptedEngine) =>
  assertEquals(engine.count(call), 1, engine.events.join(", "));

/** An exec that goes on, and then this of every other one. */
function beside(
  faults: Partial<Record<CallName, Step[]>>,
  first: Step[] = [UPGRADED, ...SILENT],
): Rule[] {
  return wellBut(faults, [
    { on: ON.execCreate, steps: WELL.execCreate, times: 1 },
    { on: ON.execStart, steps: first, times: 1 },
  ]);
}

/** The head of an answer that turns its connection into a terminal's stream. */
const RAW = UPGRADED.replace("multiplexed", "raw");

/** What the exec says that passes a signal on. */
const says = (word: string): Step[] => [UPGRADED, frame(1, `${word}\n`), "close"];

tests("engine fault: a signal to an exec", async (t) => {
  const use = (session: { kill(signal: Deno.Signal): Promise<void> }) => session.kill("SIGTERM");
  const kill = (faults: Partial<Record<CallName, Step[]>>, timeout?: number) =>
    outcome("exec", beside(faults), { use, timeout });

  await t.step("engine fault: a signal to an exec: none", async () => {
    const { error, events } = await kill({ execStart: says("sent : : :") });
    assertEquals([error, events.filter((event) => ON.execStart.test(event)).length], [
      undefined,
      2,
    ]);
  });
  // Whether the process has ended is asked where the other exec has found none.
  const calls: CallName[] = ["execCreate", "execStart", "execInspect"];
  for (const call of calls) {
    const but = (steps: Step[]) => ({ execStart: says("none : : :"), [call]: steps });
    for (const { name, steps, error, says } of FAULTS) {
      await t.step(`engine fault: a signal to an exec: ${call}: ${name}`, async () => {
        assertFailed(await kill(but(steps)), error, says);
      });
    }
    await t.step(
      `engine fault: a signal to an exec: ${call}: silent: the time is over`,
      () =>
        inShortTime(async (timeout) => {
          const late = /has not answered (POST|GET) \/v[\d.]+\/(containers\/box\/)?exec/;
          assertFailed(await kill(but(SILENT), timeout), "EngineTimeoutError", late);
        }),
    );
  }
  const streams: [name: string, steps: Step[], error: string, says: RegExp][] = [
    ["ends without a word", ["close"], "SignalError", /cannot send SIGTERM/],
    ["is cut short", [frame(1, "se", 5).slice(0, 4), "close"], "ProtocolError", /cut short/],
    ["has garbage", ["what is this?"], "ProtocolError", /not a multiplexed stream/],
    ["has an error", [frame(3, "log driver gone")], "ProtocolError", /log driver gone/],
  ];
  for (const [name, steps, error, says] of streams) {
    await t.step(`engine fault: a signal to an exec: its stream ${name}`, async () => {
      assertFailed(await kill({ execStart: [UPGRADED, ...steps, "silence"] }), error, says);
    });
  }
  await t.step(
    "engine fault: a signal to an exec: its stream is silent: the time is over",
    () =>
      inShortTime(async (timeout) => {
        // The script in it takes no time: what says nothing is no process that works.
        const result = await outcome("exec", beside({ execStart: [UPGRADED, "silence"] }), {
          timeout,
          use: (session) => deadline(use(session), timeout + 10_000, "the signal"),
        });
        const silent = /^cannot send SIGTERM to the command: nothing was heard within [\d.]+ s of /;
        assertFailed(result, "SignalError", silent);
        // The session's own, and one for the signal: it is not tried again.
        assertEquals(count(result, "execStart"), 2, result.events.join(", "));
      }),
  );
});

tests("engine fault: the size of an exec's terminal", async (t) => {
  const use = (session: { resize(size: { rows: number; columns: number }): Promise<void> }) =>
    session.resize({ rows: 24, columns: 80 });
  for (const { name, steps, error, says } of FAULTS) {
    await t.step(`engine fault: resize of an exec: ${name}`, async () => {
      assertFailed(await outcome("exec", beside({ resize: steps }), { use }), error, says);
    });
  }
  await t.step(
    "engine fault: resize of an exec: silent: the time is over",
    () =>
      inShortTime(async (timeout) => {
        const result = await outcome("exec", beside({ resize: SILENT }), { use, timeout });
        assertFailed(result, "EngineTimeoutError", /has not answered POST \S+\/exec\/\w+\/resize/);
      }),
  );

  // An engine of before API 1.42 is told the first size by a call of its own.
  const old = ["HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n"];
  for (const { name, steps } of [...FAULTS, { name: "silent", steps: SILENT }]) {
    await t.step(`engine: the first size of an exec: ${name}: the session goes on`, async () => {
      const first: Step[] = [RAW, { after: ON.resize }, "hello\r\n", "close"];
      await using engine = new ScriptedEngine(beside({ ping: old, resize: steps }, first));
      const client = new Client({ endpoint: engine.host, timeout: 1000 });
      const size = { rows: 24, columns: 80 };
      const session = await client.exec("box", ["true"], { tty: true, size });
      const { status, stdout } = await session.output();
      assertEquals(status, { reason: "exited", code: 0 });
      assertEquals(new TextDecoder().decode(stdout), "hello\r\n");
      await engine.left();
    });
  }
});

tests("engine fault: what is started and left at once", async (t) => {
  const detached = ["exec", "-d", "box", "true"];
  await checkAll(t, "engine fault: exec -d", [
    ...linesOf(detached, "execCreate", {
      code: 1,
      asked: (engine) => assertEquals(engine.count(ON.execStart), 0),
    }),
    ...linesOf(detached, "execStart", { code: 1 }),
    {
      name: "exec -d: cut short",
      args: detached,
      faults: { execStart: [`${OK}Content-Length: 100\r\n\r\n{`, "close"] },
      code: 1,
      says: /cut short|connection/,
    },
  ]);
  for (const remove of [true, false]) {
    const args = ["run", "-d", ...remove ? ["--rm"] : [], "busybox"];
    const removals = (times: number) => (engine: ScriptedEngine) =>
      assertEquals(engine.count(ON.remove), times, engine.events.join(", "));
    // They may take as long as they need: what leaves them is in clean_up_test.ts.
    const options = { limited: false };
    await checkAll(t, `engine fault: ${args.join(" ")}`, [
      ...linesOf(args, "create", { code: 125, asked: removals(0) }, options),
      ...linesOf(args, "start", { code: 125, asked: removals(remove ? 1 : 0) }, options),
    ]);
  }
});

tests("engine fault: the look for a shell", async (t) => {
  const args = ["shell", "box"];
  // Nothing but the first look: one that fails is no sign of a shell that is not there.
  const looked = once(ON.execCreate);
  await checkAll(t, "engine fault: shell", [
    ...linesOf(args, "execCreate", { code: 1 }),
    ...linesOf(args, "execStart", { code: 1, asked: looked }),
    ...linesOf(args, "execInspect", { code: 125, asked: looked }).map((line) => ({
      ...line,
      says: /may still be running|not HTTP/,
    })),
    {
      name: "shell: a stream that is garbage",
      args,
      faults: { execStart: [UPGRADED, "what is this?", "silence"] },
      code: 125,
      says: /not a multiplexed stream/,
      asked: looked,
    },
    {
      name: "shell: a stream that is cut short",
      args,
      faults: { execStart: [UPGRADED, frame(1, "/bin/bash").slice(0, 12), "close"] },
      code: 125,
      says: /cut short/,
      asked: looked,
    },
  ]);
  await checkAll(t, "engine fault: shell: a stream that is silent", [{
    name: "shell: a stream that is silent",
    args,
    faults: { execStart: [UPGRADED, "silence"] },
    timed: true,
    within: 15_000,
    code: 125,
    says: /./,
    asked: looked,
  }]);
});

/** The call that names are looked up by. */
const NAMES = /^GET \/containers\/json$/;

/** Answers that are no names, or none that can be shown. */
const NO_NAMES: readonly [name: string, steps: Step[]][] = [
  ...FAULTS.map(({ name, steps }): [string, Step[]] => [name, steps]),
  ["404", [json(404, { message: "No such container: other" })]],
  ["null in the list", [json(200, [null])]],
  ["values of other types", [json(200, [{ Names: 7 }, { Names: [7] }])]],
  ["cut short", [`${OK}Content-Length: 1000\r\n\r\n[{"Names"`, "close"]],
  ["without end", [`${OK}\r\n`, { endless: "x".repeat(1 << 16) }]],
];

tests("engine fault: names for a hint, and for completion", async (t) => {
  const missing = { inspect: [json(404, { message: "No such container: wbe" })] };
  const hint = (name: string, steps: Step[], line: Partial<Line> = {}): Line => ({
    name: `a hint: ${name}`,
    args: ["start", "-a", "wbe"],
    faults: missing,
    before: [{ on: NAMES, steps }],
    code: 1,
    says: /^dockerpty start: No such container: wbe\n$/,
    asked: (engine) => assert(engine.count(NAMES) > 0, engine.events.join(", ")),
    ...line,
  });
  await checkAll(t, "engine fault: the hint at a name", [
    hint("none", [json(200, [{ Names: ["/web"] }])], { says: /: did you mean web\?\n$/ }),
    ...NO_NAMES.map(([name, steps]) => hint(name, steps)),
    hint("names that could move the cursor", [json(200, [{ Names: ["/w\x1b[2Jb", "/w b"] }])], {
      says: /^dockerpty start: No such container: wbe; docker ps -a \S+.*: none\n$/,
    }),
  ]);
  // Whoever mistypes a name must not wait for two minutes to be told.
  await checkAll(t, "engine fault: the hint at a name: silent, and no time limit", [
    hint("silent", SILENT, {
      within: 20_000,
      env: { DOCKER_CLIENT_TIMEOUT: "" },
      asked: once(NAMES),
    }),
    hint("silent in the body", [`${OK}Content-Length: 100\r\n\r\n[`, "silence"], {
      within: 20_000,
      env: { DOCKER_CLIENT_TIMEOUT: "" },
      asked: once(NAMES),
    }),
  ]);
  const names = (name: string, steps: Step[], line: Partial<Line> = {}): Line => ({
    name: `completion: ${name}`,
    args: ["__complete", "containers"],
    faults: {},
    before: [{ on: NAMES, steps }],
    code: 1,
    says: /^$/,
    ...line,
  });
  await checkAll(t, "engine fault: completion", [
    names("none", [json(200, [{ Names: ["/web"] }])], { code: 0, stdout: "web\n" }),
    ...NO_NAMES.map(([name, steps]) => names(name, steps)),
    names("names that could move the cursor", [json(200, [{ Names: ["/w\x1b[2Jb", "/web"] }])], {
      code: 0,
      stdout: "web\n",
    }),
    names("silent", SILENT, { timed: true, asked: once(NAMES) }),
  ]);
  // A shell takes no key while it completes a word.
  await checkAll(t, "engine fault: completion: silent, and no time limit", [
    names("silent", SILENT, {
      within: 20_000,
      env: { DOCKER_CLIENT_TIMEOUT: "" },
      asked: once(NAMES),
    }),
    names("silent at the ping", [], {
      faults: { ping: SILENT },
      asked: once(ON.ping),
      within: 20_000,
      env: { DOCKER_CLIENT_TIMEOUT: "" },
    }),
  ]);
});
