/** The command on an engine with a fault: one line that says so, docker's code, and no more. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { frame } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import { runPiped } from "../harness/command.ts";
import { ScriptedEngine, type Step } from "./scripted_engine.ts";
import { type CallName, OUTPUT, UPGRADED, waited, WAITING, wellBut } from "./well.ts";

/** A fault, and what the command makes of it. */
interface CommandFault {
  name: string;
  args: string[];
  faults: Partial<Record<CallName, Step[]>>;
  code: number;
  says: RegExp;
  stdout?: string;
  env?: Record<string, string>;
}

const exec = ["exec", "box", "true"];
const run = ["run", "--rm", "busybox"];
const begun: Step = { after: /\/wait$|^POST \/exec/ };
const OUT = "out\nmore\n";

const FAULTS: readonly CommandFault[] = [
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
  for (const { name, args, faults, code, says, stdout = "", env } of FAULTS) {
    await t.step(`engine fault: ${name}: code ${code}`, async () => {
      await using engine = new ScriptedEngine(wellBut(faults));
      const ran = await runPiped(["-H", engine.host, ...args], { env, timeout: 60_000 });
      assertEquals([ran.code, ran.text], [code, stdout], ran.stderr);
      // What the process wrote on stderr is its own.
      const said = ran.stderr.replace(/^err\n/, "");
      assertMatch(said, says);
      if (said !== "") assertMatch(said, new RegExp(`^dockerpty ${args[0]}: [^\\n\\x1b]*\\n$`));
      assert(!/Uncaught|\n\s+at /.test(said));
      await engine.left();
    });
  }
});
