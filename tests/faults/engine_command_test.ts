/** The command on an engine with a fault: one line that says so, docker's code, and no more. */
import { assert, assertEquals } from "@std/assert";
import { frame } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import {
  checkAll,
  checkOnce,
  FAULTS as CALL_FAULTS,
  type Line,
  linesOf,
  SILENT,
} from "./command_lines.ts";
import type { Step } from "./scripted_engine.ts";
import { CALLS } from "./sessions.ts";
import { type CallName, ON, OUTPUT, UPGRADED, waited, WAITING } from "./well.ts";

const exec = ["exec", "box", "true"];
const run = ["run", "--rm", "busybox"];
const begun: Step = { after: /\/wait$|^POST \/exec/ };
const OUT = "out\nmore\n";

const FAULTS: readonly Line[] = [
  {
    name: "exec: 500 at inspect",
    args: exec,
    faults: { execInspect: [json(500, { message: "the\ndaemon\x1b[2J stumbled" })] },
    code: 125,
    says: /does not tell how the process ended: the daemon\S* stumbled; .*may still be running/,
    stdout: OUT,
  },
  {
    name: "exec: inspect says that it runs on",
    args: exec,
    faults: { execInspect: [json(200, { Running: true, ExitCode: null })] },
    code: 125,
    says: /may still be running/,
    stdout: OUT,
  },
  {
    name: "exec: 409 at create",
    args: exec,
    faults: { execCreate: [json(409, { message: "box is paused" })] },
    code: 1,
    says: /box is paused/,
  },
  {
    name: "exec: frames of an unknown stream",
    args: exec,
    faults: { execStart: [UPGRADED, OUTPUT, frame(9, "x"), "close"] },
    code: 125,
    says: /not a multiplexed stream/,
    stdout: OUT,
  },
  {
    name: "attach: an error of the engine's in the stream",
    args: ["attach", "box"],
    faults: { attach: [UPGRADED, begun, OUTPUT, frame(3, "log driver gone"), "silence"] },
    code: 125,
    says: /failed while streaming: log driver gone/,
    stdout: OUT,
  },
  {
    name: "attach: the wait is answered with an error",
    args: ["attach", "box"],
    faults: {
      wait: [
        WAITING,
        { after: /^stream closed$/ },
        waited({ StatusCode: 0, Error: { Message: "oh" } }),
      ],
    },
    code: 125,
    says: /could not wait for the container: oh/,
    stdout: OUT,
  },
  {
    name: "run: 409 at create",
    args: run,
    faults: { create: [json(409, { message: "the name is in use" })] },
    code: 125,
    says: /the name is in use/,
  },
  {
    name: "run: garbage at start",
    args: run,
    faults: { start: ["what?\r\n\r\n", "close"] },
    code: 125,
    says: /not HTTP\/1\.1/,
  },
  {
    name: "run: reset at attach",
    args: run,
    faults: { attach: ["reset"] },
    code: 125,
    says: /connection|without an answer/,
  },
  {
    name: "run: a code of which the system would make 0",
    args: run,
    faults: { wait: [WAITING, { after: /^stream closed$/ }, waited({ StatusCode: 256 })] },
    code: 125,
    says: /^$/,
    stdout: OUT,
  },
  {
    name: "start -a: silence at inspect",
    args: ["start", "-a", "box"],
    faults: { inspect: ["silence"] },
    env: { DOCKER_CLIENT_TIMEOUT: "5" },
    code: 1,
    says: /has not answered \S+ \S+ for 5 seconds; DOCKER_CLIENT_TIMEOUT=SECONDS.* longer/,
  },
  {
    name: "start -a: a limit that is none",
    args: ["start", "-a", "box"],
    faults: {},
    env: { DOCKER_CLIENT_TIMEOUT: "soon" },
    code: 1,
    says: /invalid DOCKER_CLIENT_TIMEOUT/,
  },
];

Deno.test({ name: "engine fault: the command", timeout: 300_000 }, async (t) => {
  for (const line of FAULTS) {
    await t.step(`engine fault: ${line.name}: code ${line.code}`, () => checkOnce(line));
  }
});

/** The command lines that every call's faults are put into, and the code for what fails before the session. */
const LINES = {
  run: { args: ["run", "--rm", "busybox"], code: 125 },
  start: { args: ["start", "-a", "box"], code: 1 },
  attach: { args: ["attach", "box"], code: 1 },
  exec: { args: ["exec", "box", "true"], code: 1 },
} as const;

/** The calls that may take as long as they need. */
const UNLIMITED: CallName[] = ["create", "start"];

/** The calls behind which a container that was made is to be removed. */
const MADE: CallName[] = ["attach", "wait", "start"];

/** The lines for the faults of every call of a verb. */
function linesOfVerb(verb: keyof typeof LINES): Line[] {
  const { args, code } = LINES[verb];
  return [
    ...linesOf([...args], "ping", { code, says: /./ }),
    ...CALLS[verb].filter((call) => call !== "execInspect").flatMap((call) =>
      linesOf([...args], call, {
        code,
        asked: (engine) =>
          assertEquals(
            engine.count(ON.remove),
            verb === "run" && MADE.includes(call) ? 1 : 0,
            engine.events.join(", "),
          ),
      }, { limited: !UNLIMITED.includes(call) })
    ),
  ];
}

Deno.test({ name: "engine fault: the command, at every call", timeout: 300_000 }, async (t) => {
  for (const verb of Object.keys(LINES) as (keyof typeof LINES)[]) {
    await checkAll(t, `engine fault: the command: ${verb}`, linesOfVerb(verb));
  }
  // The process has written by then, and nobody knows how it ended.
  const ends: Line[] = [...CALL_FAULTS.map(({ name, steps }) => ({ name, steps })), {
    name: "silent",
    steps: SILENT,
  }].map(({ name, steps }) => ({
    name: `exec: execInspect: ${name}`,
    args: exec,
    faults: { execInspect: steps },
    code: 125,
    stdout: OUT,
    says: /may still be running|not HTTP/,
    timed: true,
  }));
  const cut: Step[] = [UPGRADED, begun, OUTPUT.slice(0, 20), "close"];
  const lines = [run, ["start", "-a", "box"], ["attach", "box"], exec];
  const streams = lines.map((args): Line => ({
    name: `${args[0]}: a stream that is cut short`,
    args,
    faults: args === exec ? { execStart: cut } : { attach: cut },
    code: 125,
    stdout: "out\n",
    says: /cut short/,
  }));
  await checkAll(t, "engine fault: the command, at the session's end", [...ends, ...streams]);
  const refused = (name: string, message: string, steps: Step[], code: number): Line => ({
    name,
    args: run,
    faults: { start: [json(400, { message })], remove: steps },
    timed: true,
    code,
    says: new RegExp(`${message}; the container c0ffeec0ffee could not be removed: .`),
    asked: (engine) => {
      const removals = engine.count(ON.remove);
      // Again only where an idle connection was closed under it.
      assert(steps === SILENT ? removals === 1 : removals > 0, engine.events.join(", "));
    },
  });
  await checkAll(t, "engine fault: the command, at a removal", [
    ...[...CALL_FAULTS, { name: "silent", steps: SILENT }].flatMap(({ name, steps }) => [
      refused(`remove: ${name}`, "no runtime", steps, 125),
      // What it is that failed is told by the code, whatever became of the rest.
      refused(`remove: ${name}: no command`, "executable file not found", steps, 127),
    ]),
    ...[404, 409].map((status): Line => ({
      ...refused(
        `remove: ${status}`,
        "no runtime",
        [json(status, { message: "in progress" })],
        125,
      ),
      says: /^dockerpty run: no runtime\n$/,
    })),
    refused("remove: a denial of its own", "no runtime", [
      json(500, { message: "permission denied" }),
    ], 125),
  ]);
});
