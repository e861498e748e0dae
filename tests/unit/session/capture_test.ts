import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../../src/errors.ts";
import { capture, type CaptureOptions, OutputLimitError } from "../../../src/session/capture.ts";
import { HijackedSession } from "../../../src/session/hijacked_session.ts";
import { payloadReader } from "../../../src/session/output.ts";
import { record } from "../../../src/session/record.ts";
import type { Session } from "../../../src/session/session.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { FakeSession } from "../../fakes/session.ts";
import { turns } from "../../fakes/turns.ts";

/** Calls of programs without types. */
// deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
type Untyped = any;

class Reason extends Error {}

/** Input without an end that always has more, or has none yet; tells whether it was cancelled. */
function source(kind: "endless" | "silent" = "endless") {
  const state = { cancelled: 0 };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (kind === "endless") controller.enqueue(new Uint8Array(1000));
    },
    cancel() {
      state.cancelled++;
    },
  });
  return { stream, state };
}

/** A session that takes some input, and then no more. */
class Full extends FakeSession {
  override readonly stdin: WritableStream<Uint8Array>;
  constructor() {
    super({ tty: false });
    let writes = 0;
    this.stdin = new WritableStream({
      write: () => ++writes > 3 ? new Promise<void>(() => {}) : undefined,
    });
  }
}

const ENDS: Record<string, {
  options?: CaptureOptions;
  end?: (session: FakeSession, abort: AbortController) => unknown;
  error?: new (...args: Untyped[]) => Error;
}> = {
  "the process ends": { end: (session) => session.exit(0) },
  "the connection is lost": { end: (session) => session.fail(new Reason()), error: Reason },
  "the time is up": { options: { timeout: 0 }, error: DOMException },
  "the signal aborts": { end: (_, abort) => abort.abort(new Reason()), error: Reason },
  "the signal had aborted": { options: { signal: AbortSignal.abort() }, error: DOMException },
  "the output is too long": {
    options: { limit: 2 },
    end: (session) => session.write("long"),
    error: OutputLimitError,
  },
  "an option is bad": { options: { limit: -1 }, error: InvalidOptionError },
};

for (const [what, { options, end, error }] of Object.entries(ENDS)) {
  for (const kind of ["endless", "silent"] as const) {
    Deno.test(`capture gives up ${kind} input when ${what}`, async () => {
      const session = kind === "endless" ? new Full() : new FakeSession({ tty: false });
      const { stream, state } = source(kind);
      const abort = new AbortController();
      const capturing = capture(session, { input: stream, signal: abort.signal, ...options });
      capturing.catch(() => {});
      assertEquals([stream.locked, state.cancelled], [true, 0], "it is taken at once");
      await turns();
      await end?.(session, abort);
      if (error) await assertRejects(() => capturing, error);
      else assertEquals((await capturing).status, { reason: "exited", code: 0 });
      assertEquals([stream.locked, state.cancelled], [false, 1]);
      assertEquals(session.stdinClosed, false, "what is given up has no end");
    });
  }
}

Deno.test("capture gives up input when the opening fails, or is of no session", async () => {
  const openings: [Untyped, new () => Error][] = [
    [Promise.reject(new Reason()), Reason],
    [null, InvalidOptionError],
    [5, InvalidOptionError],
    [Promise.resolve({}), InvalidOptionError],
    [new FakeSession({ stdin: false }), InvalidOptionError],
  ];
  for (const [opening, error] of openings) {
    const { stream, state } = source();
    await assertRejects(() => capture(opening, { input: stream }), error);
    assertEquals([stream.locked, state.cancelled], [false, 1]);
  }
});

Deno.test("capture leaves input alone that somebody else reads", async () => {
  const { stream, state } = source();
  const reader = stream.getReader();
  const session = new FakeSession();
  await assertRejects(() => capture(session, { input: stream }), InvalidOptionError, "input");
  assertEquals([stream.locked, state.cancelled], [true, 0]);
  assertEquals((await reader.read()).value?.length, 1000);
  await reader.cancel();
});

Deno.test("capture closes a file that it was given, also where the process ends first", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.truncate(path, 10_000_000);
    for (const session of [new FakeSession({ tty: false }), new Full()]) {
      const file = await Deno.open(path);
      const capturing = capture(session, { input: file.readable });
      await turns();
      session.exit(0);
      await capturing;
      assertThrows(() => file.statSync(), Deno.errors.BadResource);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("capture does not wait for a stream that does not let itself be cancelled", async () => {
  for (const cancel of [() => new Promise<void>(() => {}), () => Promise.reject(new Reason())]) {
    const session = new FakeSession();
    const capturing = capture(session, { input: new ReadableStream({ cancel }) });
    await turns();
    session.exit(3);
    assertEquals((await capturing).status, { reason: "exited", code: 3 });
  }
});

Deno.test("capture writes all of a stream, and ends stdin at its end", async () => {
  const session = new FakeSession({ tty: false });
  const input = ReadableStream.from(["a", "bc"]).pipeThrough(new TextEncoderStream());
  const capturing = capture(session, { input });
  await turns();
  assertEquals([session.sent, session.stdinClosed], [["a", "bc"], true]);
  session.exit(0);
  await capturing;
  assertEquals(input.locked, false);
});

Deno.test("capture of what cannot be used is an InvalidOptionError, and kills nothing", async () => {
  const wrong: [string, Untyped][] = [
    ["options", null],
    ["options", 5],
    ["signal", { signal: 5 }],
    ["signal", { signal: {} }],
    ["limit", { limit: "5" }],
    ["timeout", { timeout: NaN }],
    ["overflow", { overflow: "drop" }],
    ["input", { input: 5 }],
    ["input", { input: null }],
  ];
  for (const [name, options] of wrong) {
    const session = new FakeSession();
    const capturing = () => capture(session, options);
    await assertRejects(capturing, InvalidOptionError, `invalid ${name}`);
    assertEquals([session.signals, session.detached, session.sent], [[], true, []], name);
  }
});

/** A session over a fake connection; `log` tells what was asked of it. */
function open() {
  const [client, server] = connectionPair();
  const log: string[] = [];
  const session = new HijackedSession({
    id: "x",
    tty: false,
    connection: client,
    read: payloadReader(client, true),
    stdin: "half-close",
    exited: async (ended) => {
      await ended;
      return { reason: "exited", code: 0 };
    },
    resize: () => Promise.resolve(),
    kill: (signal) => Promise.resolve(void log.push(signal)),
    release: () => log.push("released"),
  });
  return { session, client, server, log };
}

Deno.test("capture of a session that somebody else uses does nothing to it", async () => {
  const file = await Deno.makeTempFile();
  const sink = { write() {} };
  const uses: Record<string, (session: Session) => Session> = {
    "its stdout is locked": (session) => (session.stdout.getReader(), session),
    "its stderr is locked": (session) => (session.stderr!.getReader(), session),
    "its stdin is locked": (session) => (session.stdin!.getWriter(), session),
    "it is forwarded": (session) => {
      session.forward({ stdout: sink, stderr: sink }).catch(() => {});
      return session;
    },
    "it is recorded": (session) => {
      session.stdout.getReader();
      return record(session, file, { force: true });
    },
  };
  try {
    for (const [how, use] of Object.entries(uses)) {
      for (const signal of [undefined, AbortSignal.abort()]) {
        const { session, client, server, log } = open();
        const used = use(session);
        const { stream, state } = source();
        const capturing = () => capture(used, { input: stream, signal });
        await assertRejects(capturing, InvalidOptionError, "somebody else", how);
        await turns();
        assertEquals([log, client.closeCount, server.unread], [[], 0, 0], how);
        assertEquals([stream.locked, state.cancelled], [false, 1], how);
        if (how === "its stdin is locked") continue;
        assertEquals(session.stdin!.locked, false);
        await used[Symbol.asyncDispose]();
      }
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("capture kills at a bad stream's hands, and tells that error", async () => {
  const session = new FakeSession();
  const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Reason()) });
  await assertRejects(() => capture(session, { input: broken }), Reason);
  assertEquals([session.signals, broken.locked], [["SIGKILL"], false]);
  const texts: Untyped = ReadableStream.from(["no bytes"]);
  const second = new FakeSession();
  await assertRejects(() => capture(second, { input: texts }), InvalidOptionError, "bytes");
  assertEquals([second.signals, texts.locked], [["SIGKILL"], false]);
  assertEquals([second.sent, second.stdinClosed], [[], false]);
});
