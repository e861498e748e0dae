/**
 * Faults of a session's stream and of what tells how it ended: cut and split at every byte, frames
 * that are none, ends that are not told. Never a success that is none, and never an end that does
 * not come.
 */
import { assertEquals } from "@std/assert";
import { frame, join } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import type { Step } from "./scripted_engine.ts";
import { assertFailed, inShortTime, type Outcome, outcome } from "./sessions.ts";
import { tests } from "./tests.ts";
import { type CallName, inspected, OUTPUT, UPGRADED, waited, WAITING, wellBut } from "./well.ts";

const STREAM_OF = { run: "attach", start: "attach", attach: "attach", exec: "execStart" } as const;
type VerbName = keyof typeof STREAM_OF;
const VERBS = Object.keys(STREAM_OF) as VerbName[];

const begun: Step = { after: /\/wait$|^POST \/exec/ };

/** The ends of frames in the output. */
const BOUNDARIES = [0, 12, 24, 37];

function assertWell({ error, code, stdout, stderr }: Outcome): void {
  assertEquals([error, code, stdout, stderr], [undefined, 0, "out\nmore\n", "err\n"]);
}

for (const verb of VERBS) {
  const onStream = (...steps: Step[]) => wellBut({ [STREAM_OF[verb]]: steps });

  tests(`engine fault: the stream of ${verb}`, async (t) => {
    await t.step(`engine: ${verb}: a head that is split at every byte`, async () => {
      for (let at = 1; at < UPGRADED.length; at++) {
        // A pause, so that the first part is read by itself.
        const parts = [UPGRADED.slice(0, at), { dribble: UPGRADED.slice(at, at + 1) }];
        const rest = UPGRADED.slice(at + 1);
        assertWell(await outcome(verb, onStream(...parts, rest, begun, OUTPUT, "close")));
      }
    });
    await t.step(`engine: ${verb}: output in one piece with the head`, async () => {
      const piece = join([new TextEncoder().encode(UPGRADED), OUTPUT]);
      assertWell(await outcome(verb, onStream(piece, begun, "close")));
    });
    await t.step(`engine: ${verb}: frames that are split at every byte`, async () => {
      for (let at = 1; at < OUTPUT.length; at++) {
        const parts = [OUTPUT.slice(0, at), { dribble: OUTPUT.slice(at, at + 1) }];
        const rest = OUTPUT.slice(at + 1);
        assertWell(await outcome(verb, onStream(UPGRADED, begun, ...parts, rest, "close")));
      }
    });
    for (const how of ["close", "reset"] as const) {
      await t.step(`engine fault: ${verb}: frames that are cut at every byte: ${how}`, async () => {
        for (let at = 0; at <= OUTPUT.length; at++) {
          const cut = OUTPUT.slice(0, at);
          const result = await outcome(verb, onStream(UPGRADED, begun, cut, how));
          // The process has ended, as the engine tells: only between frames can that be all of it.
          if (BOUNDARIES.includes(at)) assertEquals([result.error, result.code], [undefined, 0]);
          else assertFailed(result, "ProtocolError", /cut short/);
          const whole = at >= 37 ? "out\nmore\n" : at >= 12 ? "out\n" : "";
          assertEquals(result.stdout.slice(0, whole.length), whole);
        }
      });
    }
    const frames: [string, Uint8Array, RegExp, string][] = [
      ["of an unknown stream", frame(4, "x"), /not a multiplexed stream.* 4 0 0 0/, ""],
      ["of stream 255", frame(255, "x"), /not a multiplexed stream.* 255 0 0 0/, ""],
      ["with a flag", Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0), /not a multiplexed stream/, ""],
      ["of 4 GB that does not come", frame(1, "little", 0xffffffff), /4294967289 bytes/, "little"],
      ["of the engine's: an error", frame(3, "log driver gone"), /failed .*: log driver gone$/, ""],
      ["of the engine's: an error without a word", frame(3, ""), /engine failed/, ""],
      ["of the engine's: an error cut short", frame(3, "log dri", 15), /failed .*: log dri/, ""],
      ["of the engine's: an error of 4 GB", frame(3, "oh", 0xffffffff), /failed .*: oh/, ""],
    ];
    for (const [name, bad, says, more] of frames) {
      await t.step(`engine fault: ${verb}: a frame ${name}`, async () => {
        const result = await outcome(verb, onStream(UPGRADED, begun, OUTPUT, bad, "close"));
        assertFailed(result, "ProtocolError", says);
        assertEquals([result.stdout, result.stderr], [`out\nmore\n${more}`, "err\n"]);
      });
    }
    await t.step(
      `engine fault: ${verb}: an error in one piece with output, and no end`,
      async () => {
        const piece = join([OUTPUT, frame(3, "log driver gone")]);
        const result = await outcome(verb, onStream(UPGRADED, begun, piece, "silence"));
        assertFailed(result, "ProtocolError", /log driver gone/);
        assertEquals([result.stdout, result.stderr], ["out\nmore\n", "err\n"]);
      },
    );
    await t.step(`engine: ${verb}: frames of no length, and of the stdin`, async () => {
      const nothing = join([frame(1, ""), frame(2, ""), frame(0, "")]);
      const more = join([nothing, OUTPUT, nothing, frame(0, "in\n"), nothing]);
      const result = await outcome(verb, onStream(UPGRADED, begun, more, "close"));
      assertEquals([result.code, result.stdout], [0, "out\nmore\nin\n"]);
    });
    await t.step(`engine fault: ${verb}: another answer than a stream`, async () => {
      const answers = [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ];
      for (const answer of answers) {
        const result = await outcome(verb, onStream(answer));
        assertFailed(result, "ProtocolError", /answered 204|transfer coding/);
      }
    });
  });
}

/** Ends that are not told as they should be, and what comes of them. */
interface EndFault {
  name: string;
  faults: Partial<Record<CallName, Step[]>>;
  /** The code that the session ends with all the same. */
  code?: number;
  error?: string;
  says?: RegExp;
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const closed: Step = { after: /^stream closed$/ };
const ended = (text: string): Step[] => [WAITING, closed, chunk(text)];
const silent: Step[] = [WAITING, "silence"];
const stopped = (State: Record<string, unknown>): Step[] => [
  inspected({ Running: false, Status: "exited", ...State }),
];
const unknown = { error: "ConnectionLostError", says: /may still be running|does not tell|ended/ };
const nonsense = { error: "ProtocolError", says: /wait for a container is not one/ };

const WAIT_FAULTS: readonly EndFault[] = [
  { name: "the container runs on", faults: { wait: silent }, ...unknown },
  {
    name: "the wait is never answered, and the container has ended",
    faults: { wait: silent, inspect: stopped({ ExitCode: 3 }) },
    code: 3,
  },
  {
    name: "the wait is never answered, and the container has ended with 0",
    faults: { wait: silent, inspect: stopped({ ExitCode: 0 }) },
    code: 0,
  },
  {
    name: "the wait is never answered, and the code is not told either",
    faults: { wait: silent, inspect: stopped({ ExitCode: null }) },
    ...unknown,
  },
  {
    name: "the wait is never answered, and the container has never run",
    faults: { wait: silent, inspect: [inspected({ Running: false, Status: "created" })] },
    ...unknown,
  },
  {
    name: "the wait is never answered, and the container is gone",
    faults: { wait: silent, inspect: [json(404, { message: "No such container: box" })] },
    error: "ConnectionLostError",
    says: /does not tell how the process ended: No such container/,
  },
  {
    name: "the wait is never answered, nor is anything else",
    faults: { wait: silent, inspect: ["silence"] },
    ...unknown,
  },
  {
    name: "the wait is answered, and the output does not end",
    faults: {
      wait: [WAITING, waited({ StatusCode: 0 })],
      attach: [UPGRADED, begun, OUTPUT, "silence"],
    },
    error: "ConnectionLostError",
    says: /has ended, and the engine does not end its output/,
  },
  {
    name: "the wait is cut short",
    faults: { wait: [WAITING, closed, "5\r\n{", "close"] },
    ...unknown,
  },
  { name: "the wait is reset", faults: { wait: [WAITING, closed, "reset"] }, ...unknown },
  {
    name: "the wait is answered with an error",
    faults: { wait: ended('{"StatusCode":0,"Error":{"Message":"no runtime"}}') },
    error: "ConnectionLostError",
    says: /could not wait for the container: no runtime/,
  },
  ...[
    "",
    "{}",
    "null",
    "[]",
    '{"StatusCode":null}',
    '{"StatusCode":"0"}',
    '{"StatusCode":0.5}',
    "{",
  ]
    .map((text) => ({
      name: `the wait is answered with ${text || "nothing"}`,
      faults: { wait: ended(text) },
      ...nonsense,
    })),
  {
    name: "the wait is answered without end",
    faults: { wait: [WAITING, closed, { endless: `1000\r\n${"x".repeat(4096)}\r\n` }] },
    ...nonsense,
  },
  {
    name: "the wait is answered with what comes a byte at a time, and more behind its end",
    faults: { wait: [{ dribble: WAITING }, closed, { dribble: waited({ StatusCode: 7 }) }, "x"] },
    code: 7,
  },
];

const INSPECT_FAULTS: readonly EndFault[] = [
  { name: "it runs on", faults: { execInspect: [json(200, { Running: true, ExitCode: null })] } },
  {
    name: "it runs on, with a code",
    faults: { execInspect: [json(200, { Running: true, ExitCode: 0 })] },
  },
  { name: "no code", faults: { execInspect: [json(200, { Running: false, ExitCode: null })] } },
  {
    name: "a code that is none",
    faults: { execInspect: [json(200, { Running: false, ExitCode: "0" })] },
  },
  {
    name: "a broken code",
    faults: { execInspect: [json(200, { Running: false, ExitCode: 0.5 })] },
  },
  {
    name: "it is gone",
    faults: { execInspect: [json(404, { message: "No such exec instance" })] },
  },
];

for (const verb of ["run", "start", "attach"] as const) {
  tests(`engine fault: the end of ${verb}`, async (t) => {
    for (const { name, faults, code, error = "", says = /./ } of WAIT_FAULTS) {
      // Whether it has never run is a question before the end, too.
      const { inspect, ...others } = faults;
      const states = inspect && verb === "attach"
        ? [{ on: /\/json$/, steps: [inspected({ Running: true })], times: 2 }]
        : inspect && verb === "start"
        ? [{ on: /\/json$/, steps: [inspected({ Running: true })], times: 1 }]
        : [];
      await t.step(`engine fault: ${verb}: ${name}`, () =>
        inShortTime(async (timeout) => {
          const rules = wellBut({ ...others, ...inspect && { inspect } }, states);
          const result = await outcome(verb, rules, { timeout });
          if (code === undefined) assertFailed(result, error, says);
          else assertEquals([result.error, result.code], [undefined, code]);
        }));
    }
  });
}

tests("engine fault: the end of exec", async (t) => {
  for (const { name, faults } of INSPECT_FAULTS) {
    await t.step(`engine fault: exec: at its end: ${name}`, async () => {
      const result = await outcome("exec", wellBut(faults));
      assertFailed(result, "ConnectionLostError", /may still be running/);
      assertEquals(result.stdout, "out\nmore\n");
    });
  }
});
