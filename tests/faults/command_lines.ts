/** Command lines on engines with the faults that tell most, and how they end. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { json } from "../fakes/engine.ts";
import { runPiped } from "../harness/command.ts";
import { type Rule, ScriptedEngine, type Step } from "./scripted_engine.ts";
import { checkCases } from "./tests.ts";
import { type CallName, ON, wellBut } from "./well.ts";

/** The faults that tell most, and what a call comes to by them. */
export const FAULTS: readonly { name: string; steps: Step[]; error: string; says: RegExp }[] = [
  {
    name: "closed without an answer",
    steps: ["close"],
    error: "ConnectionError",
    says: /without an answer|connection/,
  },
  {
    name: "500",
    steps: [json(500, { message: "the daemon stumbled" })],
    error: "EngineError",
    says: /the daemon stumbled/,
  },
  {
    name: "garbage",
    steps: ["\x01\x02\xff\xfe{}\r\n\r\n", "close"],
    error: "ProtocolError",
    says: /not HTTP\/1\.1/,
  },
];

/** An engine that says nothing. */
export const SILENT: Step[] = ["silence"];

/**
 * So long an engine is given where it is silent towards the command, in seconds; longer where the
 * machine is too busy for that, so that another call than the one that is meant was late.
 */
const SECONDS = ["1", "8"];
const LATE = /has not answered [A-Z]+ \S+ for \d seconds?; /;

/** A command line on an engine with faults, and how it ends. */
export interface Line {
  name: string;
  args: string[];
  faults: Partial<Record<CallName, Step[]>>;
  before?: Rule[];
  code: number;
  says: RegExp;
  env?: Record<string, string>;
  /** Whether it ends because the engine's time is over. @default {false} */
  timed?: boolean;
  stdout?: string;
  /** So long it may take, in milliseconds. */
  within?: number;
  /** What the engine was asked for. */
  asked?: (engine: ScriptedEngine) => void;
}

/** Checks what becomes of a command line. */
async function check(line: Line): Promise<void> {
  if (!line.timed) return await checkOnce(line);
  for (const seconds of SECONDS) {
    try {
      return await checkOnce({ ...line, env: { ...line.env, DOCKER_CLIENT_TIMEOUT: seconds } });
    } catch (error) {
      if (seconds === SECONDS.at(-1)) throw error;
    }
  }
}

/** Its code, one line, and nothing left open. */
export async function checkOnce(
  { args, faults, before, code, says, env, stdout = "", within = 60_000, asked }: Line,
): Promise<void> {
  await using engine = new ScriptedEngine(wellBut(faults, before));
  const ran = await runPiped(["-H", engine.host, ...args], {
    // A completion asks the engine of the line that it completes, and not that of its own.
    env: { DOCKER_HOST: engine.host, ...env },
    timeout: within,
  });
  assertEquals([ran.code, ran.text], [code, stdout], ran.stderr);
  // What the process wrote on stderr is its own.
  const said = ran.stderr.replace(/^err\n/, "");
  assertMatch(said, says);
  if (said !== "") assertMatch(said, new RegExp(`^dockerpty ${args[0]}: [^\\n\\x1b]*\\n$`));
  assert(!/Uncaught|\n\s+at /.test(said));
  await engine.left();
  asked?.(engine);
}

/** Checks them, some at a time, and tells of all that are wrong. */
export async function checkAll(t: Deno.TestContext, name: string, lines: Line[]): Promise<void> {
  await checkCases(t, name, 3, lines.map((line) => [line.name, () => check(line)]));
}

/** The lines of a call's faults. */
export function linesOf(
  args: string[],
  call: CallName,
  line: Partial<Line> & { code: number },
  { limited = true } = {},
): Line[] {
  const refused = FAULTS.map(({ name, steps, error, says }): Line => ({
    says,
    ...line,
    name: `${args.join(" ")}: ${call}: ${name}`,
    args,
    faults: { ...line.faults, [call]: steps },
    // A session that broke must not look like a process that failed.
    code: error === "ProtocolError" ? 125 : line.code,
  }));
  if (!limited) return refused;
  return [...refused, {
    ...line,
    name: `${args.join(" ")}: ${call}: silent`,
    args,
    faults: { ...line.faults, [call]: SILENT },
    says: LATE,
    timed: true,
    asked: (engine) => {
      // Its time is that of one call: busy machines are given too much to tell by that.
      assertEquals(engine.count(ON[call]), 1, engine.events.join(", "));
      line.asked?.(engine);
    },
  }];
}
