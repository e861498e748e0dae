/** Every fault of every call: an error that says so, in time, and nothing left open or behind. */
import { assert, assertEquals } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { connect } from "../../src/session/connect.ts";
import { parseEndpoint } from "../../src/transport/endpoint.ts";
import { json } from "../fakes/engine.ts";
import { CALL_FAULTS, type CallFault, SILENCES } from "./call_faults.ts";
import type { Rule, Step } from "./scripted_engine.ts";
import {
  assertFailed,
  assertRemoved,
  CALLS,
  inShortTime,
  type Outcome,
  outcome,
  type VerbName,
} from "./sessions.ts";
import { type CallName, ID, ON, UPGRADED, WELL, wellBut } from "./well.ts";

const VERBS = Object.keys(CALLS) as VerbName[];

/** The calls whose answers are streams: a process may well be silent, too. */
const STREAMS: CallName[] = ["attach", "execStart"];
/** The calls that may take as long as they need, until they are left. */
const UNLIMITED: CallName[] = ["create", "start", "pull"];

/** What is no fault of these calls, because nothing of the answer is used, or something else is. */
const NO_FAULT: Partial<Record<CallName, RegExp>> = {
  start: /in place of|body without end/,
  resize: /in place of|body without end/,
  kill: /in place of|body without end/,
  // A container that is gone, or that the engine removes already, is what was asked for.
  remove: /in place of|body without end|^404$|^409$/,
  // Whatever it is, the image is there; 404 says that it is not, and has it pulled.
  image: /^404$|(nothing|null|list|number|object|types) in place of/,
  // News that say nothing; and the words of an error are read whatever the status is.
  pull: /(nothing|null|list|number|object|types) in place of/,
  logs: /nothing in place of/,
  // A HEAD has no body, and with other statuses an engine is taken for an old one.
  ping: /^(302|400|404|409)$/,
};

function faultsOf(call: CallName): CallFault[] {
  const unused = NO_FAULT[call];
  return CALL_FAULTS.filter(({ name, ofContent }) =>
    !unused?.test(name) && !(ofContent && (STREAMS.includes(call) || call === "ping"))
  );
}

/** The rules of an engine that has this fault. */
function rulesOf(verb: VerbName, call: CallName, steps: Step[]): Rule[] {
  const message = "No such image: dockerpty.invalid/busybox:latest";
  const missing = [{ on: ON.create, steps: [json(404, { message })], times: 1 }];
  const before = verb === "run, with a pull"
    ? [...missing, ...call === "image" ? [] : [{ on: ON.image, steps: [json(404, { message })] }]]
    : [];
  return wellBut({ [call]: steps }, before);
}

/** The error that a fault of a call comes to. */
function expected({ error, says }: CallFault, call: CallName): [string, RegExp] {
  // It is the last one: how the process ended is open.
  if (call === "execInspect" && !/^Protocol/.test(error)) {
    return ["ConnectionLostError", /may still be running/];
  }
  // How the wait is answered may be known when the session is open already.
  return call === "wait" ? [`${error}|ConnectionLostError`, /./] : [error, says];
}

/** A container is removed where it was made, and where the engine can be asked to. */
function assertCleanedUp(
  verb: VerbName,
  call: CallName,
  result: Outcome,
  { gone = false, ofContent = false }: Partial<CallFault> = {},
): void {
  const did = (name: CallName) => result.events.some((event) => ON[name].test(event));
  if (verb === "run, with a pull") assert(!did("start"));
  if (verb !== "run" || gone) return;
  if (call === "attach" || call === "start") assertRemoved(result);
  if (call !== "wait") return;
  // One that was started, as the wait had begun well, is removed by the engine at its end.
  if (did("start")) assert(ofContent && !did("remove"), result.events.join(", "));
  else assertRemoved(result);
}

/** What is said of a call that is not answered. */
function late(call: CallName, timeout: number): RegExp {
  const path = ON[call].source.replace(/^\^/, "").replace(/\$$/, "").replace(
    " \\/",
    " (/v[\\d.]+)?/",
  );
  return new RegExp(`has not answered ${path} for ${timeout / 1000} second`);
}

function tests(
  name: string,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, fn: body, timeout: 300_000, sanitizeOps: true, sanitizeResources: true });
}

for (const verb of VERBS) {
  tests(`engine fault: ${verb}`, async (t) => {
    await t.step(`engine fault: ${verb}: none`, async () => {
      const { error, code, stdout, stderr } = await outcome(verb, rulesOf(verb, "kill", []));
      assertEquals([error, code, stderr], [undefined, 0, "err\n"]);
      assertEquals(stdout, `${verb === "attach, with a tail" ? "before\n" : ""}out\nmore\n`);
    });
    for (const call of CALLS[verb]) {
      for (const fault of faultsOf(call)) {
        await t.step(`engine fault: ${verb}: ${call}: ${fault.name}`, async () => {
          const result = await outcome(verb, rulesOf(verb, call, fault.steps));
          assertFailed(result, ...expected(fault, call));
          assertCleanedUp(verb, call, result, fault);
        });
      }
      for (const { name, steps } of SILENCES) {
        if (name === "silent in the body" && (STREAMS.includes(call) || call === "start")) continue;
        if (UNLIMITED.includes(call)) {
          await t.step(`engine fault: ${verb}: ${call}: ${name}: it can be left`, async () => {
            await inShortTime(async (timeout) => {
              const rules = rulesOf(verb, call, steps);
              const result = await outcome(verb, rules, { timeout, abort: ON[call] });
              assertFailed(result, "Aborted", /given up/);
              assertCleanedUp(verb, call, result);
            });
          });
        } else {
          await t.step(`engine fault: ${verb}: ${call}: ${name}: the time is over`, async () => {
            const ofContent = name === "silent in the body";
            const ends = call === "execInspect" || call === "wait" && ofContent;
            await inShortTime(async (timeout) => {
              const result = await outcome(verb, rulesOf(verb, call, steps), { timeout });
              if (ends) assertFailed(result, "ConnectionLostError", /may still be running/);
              else assertFailed(result, "EngineTimeoutError", late(call, timeout));
              assertCleanedUp(verb, call, result, { ofContent });
            });
          });
        }
      }
    }
  });
}

tests("engine fault: before the first call", async (t) => {
  for (const fault of faultsOf("ping")) {
    await t.step(`engine fault: ping: ${fault.name}`, async () => {
      const result = await outcome("exec", rulesOf("exec", "ping", fault.steps));
      const [error, says] = expected(fault, "ping");
      if (/^50/.test(fault.name)) {
        assertFailed(result, "[A-Za-z]+Error", /is not well|cut short|longer than/);
      } else {
        assertFailed(result, error, says);
      }
    });
  }
  for (const { name, steps } of SILENCES) {
    // A HEAD has no body that could be silent.
    if (name === "silent in the body") continue;
    await t.step(`engine fault: ping: ${name}: the time is over`, async () => {
      await inShortTime(async (timeout) => {
        const result = await outcome("exec", rulesOf("exec", "ping", steps), { timeout });
        assertFailed(result, "EngineTimeoutError", late("ping", timeout));
      });
    });
  }
  await t.step("engine: ping: a byte at a time", async () => {
    const slowly: Step[] = WELL.ping.map((step) => ({ dribble: step as string }));
    const { error, code, stdout } = await outcome("exec", rulesOf("exec", "ping", slowly));
    assertEquals([error, code, stdout], [undefined, 0, "out\nmore\n"]);
  });
  for (const version of ["none", "1", "1.2.3", "0.9", "1.23", "-1.44"]) {
    await t.step(`engine fault: ping: version ${version}`, async () => {
      const answer = `HTTP/1.1 200 OK\r\nApi-Version: ${version}\r\nContent-Length: 0\r\n\r\n`;
      const result = await outcome("exec", rulesOf("exec", "ping", [answer]));
      assertFailed(result, "ProtocolError", /version that is none|too old/);
    });
  }
});

/** A `run --rm` whose container cannot be started, on an engine that answers its removal so. */
async function unstarted(
  start: Step[],
  remove: Step[],
  options: Parameters<typeof outcome>[2] = {},
): Promise<Outcome> {
  const result = await outcome("run", wellBut({ start, remove }), options);
  // Once, whatever comes of it; again only where an idle connection was closed under it.
  if (remove[0] === "close" || remove[0] === "reset") {
    assert(result.events.some((event) => ON.remove.test(event)), result.events.join(", "));
  } else {
    assertRemoved(result);
  }
  return result;
}

tests("engine fault: the removal of what could not be started", async (t) => {
  const refused = [json(500, { message: "no runtime" })];
  const unremoved = /^no runtime; the container c0ffeec0ffee could not be removed: ./;
  for (const fault of faultsOf("remove")) {
    await t.step(`engine fault: remove: ${fault.name}: told, behind what led to it`, async () => {
      const result = await unstarted(refused, fault.steps);
      assertFailed(result, "EngineError", unremoved);
      assertFailed(result, "EngineError", new RegExp(fault.says.source.replace(/^\^/, "")));
    });
  }
  const done: [name: string, steps: Step[]][] = [
    ["404", [json(404, { message: `No such container: ${ID}` })]],
    ["409", [json(409, { message: `removal of container ${ID} is already in progress` })]],
    ["a byte at a time", [{ dribble: WELL.remove[0] as string }]],
  ];
  for (const [name, steps] of done) {
    await t.step(`engine: remove: ${name}: what led to it, and no more`, async () => {
      assertFailed(await unstarted(refused, steps), "EngineError", /^no runtime$/);
    });
  }
  for (const { name, steps } of SILENCES) {
    await t.step(`engine fault: remove: ${name}: the time is over`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const result = await unstarted(refused, steps, { timeout });
        assertFailed(result, "EngineError", unremoved);
        assertFailed(result, "EngineError", late("remove", timeout));
        assertInTime(begun, timeout);
      });
    });
    await t.step(`engine fault: remove: ${name}: as the wait was: twice the time`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const rules = wellBut({ wait: ["silence"], remove: steps });
        const result = await outcome("run", rules, { timeout });
        assertFailed(result, "EngineTimeoutError", late("wait", timeout));
        assertFailed(result, "EngineTimeoutError", late("remove", timeout));
        assertRemoved(result);
        assertInTime(begun, 2 * timeout);
      });
    });
    await t.step(`engine fault: remove: ${name}: behind an abort: left in the end`, async () => {
      await inShortTime(async (timeout) => {
        const begun = performance.now();
        const options = { timeout, abort: ON.start };
        assertFailed(await unstarted(["silence"], steps, options), "Aborted", /^given up$/);
        assertInTime(begun, timeout);
      });
    });
  }
});

/** Checks that it took no longer than an engine's time; a busy machine gets some more. */
function assertInTime(begun: number, timeout: number): void {
  const took = performance.now() - begun;
  assert(took < timeout + 5000, `${Math.round(took)} ms`);
}

Deno.test("engine: where nothing is said, the time limit is two minutes", async () => {
  const endpoint = parseEndpoint("unix:///nobody/listens.sock");
  const unused = () => Promise.reject(new Error("nothing is to be asked"));
  assertEquals(new Engine(endpoint, unused).timeout, 120_000);
  const variable = "DOCKER_CLIENT_TIMEOUT";
  const before = Deno.env.get(variable);
  try {
    Deno.env.delete(variable);
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 120_000);
    Deno.env.set(variable, "");
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 120_000);
    Deno.env.set(variable, "7");
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 7000);
    assertEquals((await connect({ endpoint, dial: unused, timeout: 30 })).timeout, 30);
  } finally {
    if (before === undefined) Deno.env.delete(variable);
    else Deno.env.set(variable, before);
  }
});

tests("engine fault: in the session", async (t) => {
  for (const call of ["resize", "kill"] as const) {
    const use = (session: { [name in typeof call]: (value: never) => Promise<void> }) =>
      session[call](call === "kill" ? "SIGTERM" as never : { rows: 1, columns: 1 } as never);
    const running = [{ on: ON.attach, steps: [UPGRADED, "silence" as const] }];
    for (const fault of faultsOf(call)) {
      await t.step(`engine fault: ${call}: ${fault.name}`, async () => {
        const rules = wellBut({ [call]: fault.steps }, running);
        assertFailed(await outcome("attach", rules, { use }), fault.error, fault.says);
      });
    }
    for (const { name, steps } of SILENCES) {
      // An answer without content ends with its head.
      await t.step(`engine fault: ${call}: ${name}: the time is over`, async () => {
        await inShortTime(async (timeout) => {
          const rules = wellBut({ [call]: steps }, running);
          const result = await outcome("attach", rules, { use, timeout });
          assertFailed(result, "EngineTimeoutError", late(call, timeout));
        });
      });
    }
  }
});

tests(
  "engine: what comes a byte at a time, or has more behind its end, does no harm",
  async (t) => {
    const assertWell = async (verb: VerbName, call: CallName, steps: Step[]) => {
      const { error, code, stdout, stderr } = await outcome(verb, rulesOf(verb, call, steps));
      assertEquals([error, code, stdout, stderr], [undefined, 0, "out\nmore\n", "err\n"]);
    };
    for (const verb of ["run", "start", "attach", "exec"] as const) {
      for (const call of CALLS[verb]) {
        const slowly = WELL[call].map((step): Step =>
          (typeof step === "string" && step !== "close") || step instanceof Uint8Array
            ? { dribble: step }
            : step
        );
        await t.step(
          `engine: ${verb}: ${call}: a byte at a time`,
          () => assertWell(verb, call, slowly),
        );
        if (STREAMS.includes(call)) {
          continue;
        }
        const extra = "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno";
        await t.step(
          `engine: ${verb}: ${call}: bytes behind the end`,
          () => assertWell(verb, call, [...WELL[call], extra]),
        );
      }
    }
  },
);
