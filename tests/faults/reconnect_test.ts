/** Faults of the calls that a lost session is come back to with: the inspection, the log, the attach, the wait. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Client, ConnectionLostError, type ReconnectEvent } from "@dockerpty/dockerpty";
import { frame, join } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import { deadline } from "../harness/until.ts";
import { FAULTS, SILENT } from "./command_lines.ts";
import { type Rule, ScriptedEngine, type Step } from "./scripted_engine.ts";
import { assertFailed, inShortTime, type Outcome, PATIENT } from "./sessions.ts";
import { type Case, checkCases, tests } from "./tests.ts";
import { type CallName, ON, UPGRADED, WAITING, wellBut } from "./well.ts";

/** Some lines of a log. */
function log(...lines: string[]): Step[] {
  const head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
  return [head, join(lines.map((line) => frame(1, line))), "close"];
}

/** An engine that cuts a session's connections once, and whose log has a line more by then. */
function cutting(call?: CallName, steps: Step[] = [], times = 1): Rule[] {
  return wellBut({}, [
    {
      on: ON.attach,
      steps: [UPGRADED, { after: /\/wait$/ }, frame(1, "one\n"), "close"],
      times: 1,
    },
    { on: ON.wait, steps: [WAITING, { after: /^stream closed$/ }, "close"], times: 1 },
    // Before the first attach and behind it; and the two looks at whether it runs.
    { on: ON.logs, steps: log("before\n"), times: 2 },
    ...call === "inspect" ? [{ on: ON.inspect, steps: RUNNING, times: 2 }] : [],
    ...call === undefined ? [] : [{ on: ON[call], steps, times }],
    { on: ON.logs, steps: log("before\n", "one\n", "two\n") },
  ]);
}

const RUNNING = wellBut().find(({ on }) => on === ON.inspect)!.steps;
/** What the process writes behind that. */
const REST = "out\nmore\n";

/** What becomes of a session that is lost once, and what is told. */
async function lostOnce(
  rules: Rule[],
  { timeout = PATIENT, told = true } = {},
): Promise<Outcome & { told: ReconnectEvent[] }> {
  await using engine = new ScriptedEngine(rules);
  const client = new Client({ endpoint: engine.host, timeout });
  const events: ReconnectEvent[] = [];
  const onReconnect = told ? (event: ReconnectEvent) => void events.push(event) : undefined;
  const whole = async () => {
    await using session = await client.attach("box", { reconnect: true, onReconnect });
    const { status, stdout, stderr } = await session.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const code = status.reason === "exited" ? status.code : undefined;
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  let outcome: Pick<Outcome, "code" | "stdout" | "stderr" | "error">;
  try {
    outcome = await deadline(whole(), 25_000, "the session to end");
  } catch (error) {
    outcome = { error: error as Error, stdout: "", stderr: "" };
  }
  // Nothing stays open behind it, however it ended.
  await engine.left();
  return { ...outcome, told: events, events: [...engine.events] };
}

const LOST: ReconnectEvent = { state: "lost" };
const back = (complete: boolean): ReconnectEvent => ({ state: "attached", complete });

/** All that may become of it. */
function* cases(): Generator<Case> {
  yield ["none", async () => {
    const { code, stdout, told } = await lostOnce(cutting());
    assertEquals([code, stdout, told], [0, `one\ntwo\n${REST}`, [LOST, back(true)]]);
  }];

  for (const call of ["inspect", "logs", "attach", "wait"] as const) {
    // What says that the engine is not there, or not ready, is tried again.
    for (
      const [name, steps] of [
        ["closed without an answer", ["close"]],
        ["503", [json(503, { message: "starting" })]],
      ] as [string, Step[]][]
    ) {
      if (call === "logs" && name === "503") continue;
      yield [`${call}: ${name}, once`, async () => {
        const { code, stdout, told, error } = await lostOnce(cutting(call, steps));
        assertEquals(
          [error, code, stdout, told],
          [undefined, 0, `one\ntwo\n${REST}`, [LOST, back(true)]],
        );
      }];
    }
    yield [`${call}: silent, once`, () =>
      inShortTime(async (timeout) => {
        const { code, stdout, told, error } = await lostOnce(cutting(call, SILENT), { timeout });
        assertEquals(
          [error, code, stdout, told],
          [undefined, 0, `one\ntwo\n${REST}`, [LOST, back(true)]],
        );
      })];
    if (call === "logs") continue;
    yield [`${call}: garbage`, async () => {
      const { steps, error, says } = FAULTS.find(({ name }) => name === "garbage")!;
      const outcome = await lostOnce(cutting(call, steps, Infinity));
      assert(outcome.error instanceof ConnectionLostError, String(outcome.error));
      // What was wrong is its cause, and in its words.
      assertFailed({ ...outcome, error: outcome.error.cause as Error }, error, says);
      assertStringIncludes(outcome.error.message, (outcome.error.cause as Error).message);
      assertEquals(outcome.told, [LOST]);
    }];
  }

  const unread: [name: string, steps: Step[]][] = [
    ["500", [json(500, { message: "configured logging driver does not support reading" })]],
    ["garbage", ["\x01\x02\xff\xfe{}\r\n\r\n", "close"]],
    ["cut short", [log("before\n")[0], frame(1, "before\n", 70), "close"]],
    ["of another container", log("something else\n")],
    ["shorter than what was shown", log()],
  ];
  for (const [name, steps] of unread) {
    yield [`a log: ${name}: it is told that some is missing`, async () => {
      const { code, stdout, told } = await lostOnce(cutting("logs", steps, Infinity));
      assertEquals([code, stdout, told], [0, `one\n${REST}`, [LOST, back(false)]]);
    }];
    yield [`a log: ${name}: it is an error where nobody is told`, async () => {
      const outcome = await lostOnce(cutting("logs", steps, Infinity), { told: false });
      assertFailed(outcome, "ConnectionLostError", /is missing: the container's log/);
    }];
  }

  yield ["the container is gone", async () => {
    const gone = [json(404, { message: "No such container: box" })];
    const outcome = await lostOnce(cutting("inspect", gone, Infinity));
    assertFailed(outcome, "ConnectionLostError", /was removed since/);
  }];

  yield ["it is refused", async () => {
    const refused = [json(403, { message: "not for you" })];
    const outcome = await lostOnce(cutting("attach", refused, Infinity));
    assertFailed(outcome, "ConnectionLostError", /not for you/);
  }];
}

tests("engine fault: reconnect", async (t) => {
  // They wait for the pauses between the attempts.
  await checkCases(t, "engine fault: reconnect", 8, Array.from(cases()));
});
