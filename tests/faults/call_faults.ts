/** What can go wrong with one call of the engine's API, and what is to come of it. */
import { json } from "../fakes/engine.ts";
import type { Step } from "./scripted_engine.ts";

/** A fault, and the error that it comes to. */
export interface CallFault {
  name: string;
  steps: Step[];
  /** The error's class. */
  error: string;
  /** What its message says; without, what the call says of an answer that is none. */
  says?: RegExp;
  /** For calls whose answer has a content that is used. @default {false} */
  ofContent?: boolean;
  /** Whether the engine cannot be reached from then on. @default {false} */
  gone?: boolean;
}

const OK = "HTTP/1.1 200 OK\r\n";
const lost = { error: "ConnectionError", says: /connection|cut short|cannot connect/ };
const protocol = (says: RegExp) => ({ error: "ProtocolError", says });
const refused = (status: number, message: string): CallFault => ({
  name: `${status}`,
  steps: [json(status, { message })],
  error: "EngineError",
  says: new RegExp(message),
});

/** An answer of another kind. */
function inPlace(name: string, body: string): CallFault {
  return {
    name: `${name} in place of the answer`,
    steps: [`${OK}Content-Length: ${body.length}\r\n\r\n${body}`],
    error: "ProtocolError",
    ofContent: true,
  };
}

/** The faults of any call. */
export const CALL_FAULTS: readonly CallFault[] = [
  // the connection
  { name: "closed without an answer", steps: ["close"], ...lost },
  { name: "reset", steps: ["reset"], ...lost },
  { name: "closed, and then refused", steps: ["refuse"], ...lost, gone: true },
  { name: "closed in the middle of the head", steps: ["HTTP/1.1 20", "close"], ...lost },
  { name: "closed behind the first line", steps: [OK, "close"], ...lost },
  // refusals
  refused(400, "bad parameter"),
  refused(404, "no such thing"),
  refused(409, "conflict with what is there"),
  refused(500, "the daemon stumbled"),
  refused(503, "not now"),
  {
    name: "500 in plain text",
    steps: ["HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\nout of order\n", "close"],
    error: "EngineError",
    says: /(^|: )out of order$/,
  },
  {
    name: "500 without a word",
    steps: ["HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"],
    error: "EngineError",
    says: /answered 500 to/,
  },
  {
    name: "500 that is cut short",
    steps: ["HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\n{", "close"],
    error: "EngineError",
    says: /answered 500 to/,
  },
  {
    name: "500 with words without end",
    steps: ["HTTP/1.1 500 Oh\r\n\r\n", { endless: "oh no ".repeat(1000) }],
    ...protocol(/longer than/),
  },
  // statuses that are no answer
  {
    name: "302",
    steps: ["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"],
    error: "EngineError",
    says: /answered 302 to/,
  },
  { name: "status 999", steps: ["HTTP/1.1 999 What\r\n\r\n"], ...protocol(/not HTTP\/1.1/) },
  {
    name: "100 without end",
    steps: [{ endless: "HTTP/1.1 100 Continue\r\n\r\n" }],
    ...protocol(/interim/),
  },
  // heads
  { name: "garbage", steps: ["\x01\x02\xff\xfe{}\r\n\r\n", "close"], ...protocol(/not HTTP\/1.1/) },
  {
    name: "another protocol",
    steps: ["SSH-2.0-OpenSSH_9\r\n\r\n", "close"],
    ...protocol(/not HTTP\/1.1/),
  },
  { name: "a header without a name", steps: [`${OK}: x\r\n\r\n`], ...protocol(/malformed header/) },
  {
    name: "a head without end",
    steps: [OK, { endless: `X-More: ${"x".repeat(1000)}\r\n` }],
    ...protocol(/head of the engine's answer is over/),
  },
  // bodies
  {
    name: "a length that is none",
    steps: [`${OK}Content-Length: many\r\n\r\n{}`, "close"],
    ...protocol(/malformed length/),
    ofContent: true,
  },
  {
    name: "a negative length",
    steps: [`${OK}Content-Length: -1\r\n\r\n{}`, "close"],
    ...protocol(/malformed length/),
    ofContent: true,
  },
  {
    name: "two lengths",
    steps: [`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `, "close"],
    ...protocol(/malformed length/),
    ofContent: true,
  },
  {
    name: "a length that is too long",
    steps: [`${OK}Content-Length: 999999999999999\r\n\r\n{}`, "close"],
    ...lost,
    ofContent: true,
  },
  {
    name: "a coding that is unknown",
    steps: [`${OK}Transfer-Encoding: gzip\r\n\r\n{}`, "close"],
    ...protocol(/unknown transfer coding/),
    ofContent: true,
  },
  ...([
    ["a chunk size that is none", "zz\r\n{}\r\n", protocol(/malformed chunk size/)],
    ["a negative chunk size", "-2\r\n{}\r\n", protocol(/malformed chunk size/)],
    ["a chunk size beyond all bounds", `${"f".repeat(40)}\r\n{}`, protocol(/malformed chunk size/)],
    ["a chunk of 256 TB", "ffffffffffff\r\n{}", lost],
    [
      "a chunk that is longer than it says",
      "1\r\n{}\r\n0\r\n\r\n",
      protocol(/longer than it says/),
    ],
    ["a chunk size without end", { endless: "0".repeat(1000) }, protocol(/malformed chunk/)],
    ["chunks that are cut short", "2\r\n{}\r\n", lost],
    ["chunks that are cut short in a size", "2\r\n{}\r\n0\r", lost],
  ] as const).map(([name, step, expected]) => ({
    name,
    steps: [`${OK}Transfer-Encoding: chunked\r\n\r\n`, step, "close"] as Step[],
    ...expected,
    ofContent: true,
  })),
  {
    name: "trailers without end",
    steps: [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, { endless: "X: y\r\n".repeat(100) }],
    ...protocol(/trailers|malformed chunk/),
    ofContent: true,
  },
  {
    ...inPlace("no JSON", "<html>hello</html>"),
    // The others are the words of a wait and of a log.
    says: /not (JSON|one): "<html>hello<\/html>"$|not a multiplexed stream: .* bytes 60 /,
  },
  inPlace("nothing", ""),
  inPlace("null", "null"),
  inPlace("a list", "[]"),
  inPlace("a number", "7"),
  inPlace("an empty object", "{}"),
  inPlace("values of other types", '{"Id":7,"State":"ok","Running":"no"}'),
  {
    name: "101 in place of the answer",
    steps: ["HTTP/1.1 101 UPGRADED\r\n\r\n"],
    ...protocol(/answered 101 to /),
    ofContent: true,
  },
  {
    name: "a body without end",
    steps: [`${OK}\r\n`, { endless: "x".repeat(1 << 16) }],
    ...protocol(/longer than|not one|line of over/),
    ofContent: true,
  },
];

/** The faults of an engine that does not come to an end: what has a limit, and what can be left. */
export const SILENCES: readonly { name: string; steps: Step[] }[] = [
  { name: "silent", steps: ["silence"] },
  { name: "silent in the head", steps: [OK, "silence"] },
  { name: "silent in the body", steps: [`${OK}Content-Length: 100\r\n\r\n{`, "silence"] },
  { name: "a drop of its head now and then", steps: [OK, { endless: "X", pause: 20 }] },
];
