/** How an engine answers when all is well: what the faults are put into. */
import { frame, join } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import type { Rule, Step } from "./scripted_engine.ts";

/** The container, and the exec, of all scripts. */
export const ID = "c0ffee".repeat(10) + "cafe";

/** What the process writes. */
export const OUTPUT: Uint8Array = join([frame(1, "out\n"), frame(2, "err\n"), frame(1, "more\n")]);

/** The head of an answer that turns its connection into a stream with frames. */
export const UPGRADED = "HTTP/1.1 101 UPGRADED\r\n" +
  "Content-Type: application/vnd.docker.multiplexed-stream\r\n" +
  "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/** The head of an answer to a wait, which comes long before its end. */
export const WAITING = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** The end of an answer to a wait. */
export function waited(answer: unknown): string {
  const text = JSON.stringify(answer);
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

/** What is told of a container. */
export function inspected(State: Record<string, unknown>): string {
  return json(200, {
    Id: ID,
    Name: "/box",
    State: { Status: "running", Paused: false, Restarting: false, ExitCode: 0, ...State },
    Config: { Tty: false, OpenStdin: true, StdinOnce: true },
    HostConfig: { AutoRemove: false },
  });
}

/** The calls of the API that are in the scripts. */
export const ON = {
  ping: /^(HEAD|GET) \/_ping$/,
  create: /^POST \/containers\/create$/,
  image: /^GET \/images\/.*\/json$/,
  pull: /^POST \/images\/create$/,
  attach: /^POST \/containers\/\w+\/attach$/,
  wait: /^POST \/containers\/\w+\/wait$/,
  start: /^POST \/containers\/\w+\/start$/,
  inspect: /^GET \/containers\/\w+\/json$/,
  logs: /^GET \/containers\/\w+\/logs$/,
  resize: /^POST \/(containers|exec)\/\w+\/resize$/,
  kill: /^POST \/containers\/\w+\/kill$/,
  remove: /^DELETE \/containers\/\w+$/,
  execCreate: /^POST \/containers\/\w+\/exec$/,
  execStart: /^POST \/exec\/\w+\/start$/,
  execInspect: /^GET \/exec\/\w+\/json$/,
} as const;

/** The name of a call. */
export type CallName = keyof typeof ON;

const NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";
const stream: Step[] = [UPGRADED, { after: /\/wait$|^POST \/exec/ }, OUTPUT, "close"];

/** The answers, where nothing else is said: the process writes, and ends with code 0. */
export const WELL: Record<CallName, Step[]> = {
  ping: ["HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nContent-Length: 0\r\n\r\n"],
  create: [json(201, { Id: ID, Warnings: [] })],
  image: [json(200, { Id: "sha256:0" })],
  pull: [json(200, { status: "Pull complete" })],
  attach: stream,
  wait: [WAITING, { after: /^stream closed$|^connection left$/ }, waited({ StatusCode: 0 })],
  start: [NO_CONTENT],
  inspect: [inspected({ Running: true })],
  logs: ["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", frame(1, "before\n"), "close"],
  resize: [NO_CONTENT],
  kill: [NO_CONTENT],
  remove: [NO_CONTENT],
  execCreate: [json(201, { Id: ID })],
  execStart: stream,
  execInspect: [json(200, { Running: false, ExitCode: 0, Pid: 42, ContainerID: "box" })],
};

/** The rules of an engine that is well but for these calls. */
export function wellBut(
  faults: Partial<Record<CallName, Step[]>> = {},
  before: Rule[] = [],
): Rule[] {
  const names = Object.keys(ON) as CallName[];
  return [
    ...before,
    ...names.map((name) => ({ on: ON[name], steps: faults[name] ?? WELL[name] })),
  ];
}
