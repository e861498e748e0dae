/** Every fault of every call: an error that says so, in time, and nothing left open or behind. */
import { assert, assertEquals } from "@std/assert";
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
import { type CallName, ON, UPGRADED, WELL, wellBut } from "./well.ts";

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
function assertCleanedUp(verb: VerbName, call: CallName, result: Outcome, gone = false): void {
  if (verb === "run" && (call === "attach" || call === "start") && !gone) assertRemoved(result);
  if (verb === "run, with a pull") assert(!result.events.some((event) => ON.start.test(event)));
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
          assertCleanedUp(verb, call, result, fault.gone);
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
            const ends = call === "execInspect" || call === "wait" && name === "silent in the body";
            await inShortTime(async (timeout) => {
              const result = await outcome(verb, rulesOf(verb, call, steps), { timeout });
              if (ends) assertFailed(result, "ConnectionLostError", /may still be running/);
              else assertFailed(result, "EngineTimeoutError", late(call, timeout));
              assertCleanedUp(verb, call, result);
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
  for (const { name, steps } of SILENCES.slice(0, 2)) {
    await t.step(`engine fault: ping: ${name}: the time is over`, async () => {
      await inShortTime(async (timeout) => {
        const result = await outcome("exec", rulesOf("exec", "ping", steps), { timeout });
        assertFailed(result, "EngineTimeoutError", late("ping", timeout));
      });
    });
  }
  for (const version of ["none", "1", "1.2.3", "0.9", "1.23", "-1.44"]) {
    await t.step(`engine fault: ping: version ${version}`, async () => {
      const answer = `HTTP/1.1 200 OK\r\nApi-Version: ${version}\r\nContent-Length: 0\r\n\r\n`;
      const result = await outcome("exec", rulesOf("exec", "ping", [answer]));
      assertFailed(result, "ProtocolError", /version that is none|too old/);
    });
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
