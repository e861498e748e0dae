import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, ConnectionLostError } from "../../../src/errors.ts";
import { HijackedSession, type SessionParts } from "../../../src/session/hijacked_session.ts";
import type { ReconnectEvent, SessionOptions } from "../../../src/session/options.ts";
import { reconnecting } from "../../../src/session/reconnecting.ts";
import type { ExitStatus } from "../../../src/session/session.ts";
import { SHOWN, type Shown, THROUGH } from "../../../src/session/shown_option.ts";
import type { Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { turns } from "../../fakes/turns.ts";

const lost = new ConnectionLostError("the connection was lost");

/** A connection to a container, played by a test. */
class FakeLink {
  sent = "";
  ended = false;
  closed = false;
  released = 0;
  signals: string[] = [];
  exit = Promise.withResolvers<ExitStatus>();
  #output: Payload[] = [];
  #failed: unknown;
  #wake = Promise.withResolvers<void>();

  constructor() {
    this.exit.promise.catch(() => {});
  }

  parts(stdin: SessionParts["stdin"] = "half-close"): SessionParts {
    return {
      id: "box",
      tty: false,
      stdin,
      connection: {
        read: () => Promise.reject(new Error("read by payloads")),
        write: (content) => {
          if (this.closed || this.#failed) return Promise.reject(new ConnectionError("broken"));
          // As a socket does: a part of it.
          const taken = content.subarray(0, 3);
          this.sent += text(taken);
          return Promise.resolve(taken.length);
        },
        closeWrite: () => {
          this.ended = true;
          return Promise.resolve();
        },
        close: () => {
          this.closed = true;
          this.#failed ??= lost;
          this.#wake.resolve();
        },
      },
      read: async () => {
        while (this.#output.length === 0) {
          if (this.#failed === "end") return null;
          if (this.#failed) throw this.#failed;
          await this.#wake.promise;
          this.#wake = Promise.withResolvers();
        }
        return this.#output.splice(0);
      },
      exited: () => this.exit.promise,
      resize: () => Promise.resolve(),
      kill: (signal) => {
        this.signals.push(signal);
        return Promise.resolve();
      },
      release: () => {
        this.released++;
        // Nobody waits for the engine's answer any more.
        this.exit.reject(new DOMException("given up", "AbortError"));
      },
    };
  }

  write(content: string): void {
    this.#output.push({ stream: "stdout", bytes: bytes(content) });
    this.#wake.resolve();
  }

  /** The connection is lost; or, with `end`, the output ends. */
  lose(how: unknown = lost): void {
    this.#failed = how;
    this.#wake.resolve();
  }
}

/** A session that comes back by what `links` are. */
function session(links: FakeLink[], options: { complete?: boolean } = {}) {
  const events: ReconnectEvent[] = [];
  const asked: SessionOptions[] = [];
  const attaching = Promise.withResolvers<void>();
  let released = 0;
  const added: Shown = reconnecting({
    options: { onReconnect: (event) => void events.push(event) },
    attach: async (_container, given) => {
      asked.push(given);
      await attaching.promise;
      given[SHOWN]!.isMissing = options.complete === false;
      return links.shift()!.parts(given.stdin === "null" ? null : "half-close");
    },
    release: () => released++,
    timers: {
      set: (callback, delay) => void (delay < 30_000 && queueMicrotask(callback)),
      clear() {},
    },
  });
  const session = new HijackedSession(added[THROUGH]!(links.shift()!.parts()));
  return {
    session,
    events,
    asked,
    back: () => attaching.resolve(),
    get released() {
      return released;
    },
  };
}

Deno.test("reconnecting: the streams go on, and the end is the last link's", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reader = it.stdout.getReader();
  first.write("one");
  assertEquals(text((await reader.read()).value!), "one");
  first.lose();
  all.back();
  second.write("two");
  assertEquals(text((await reader.read()).value!), "two");
  second.lose("end");
  second.exit.resolve({ reason: "exited", code: 3 });
  assertEquals((await reader.read()).done, true);
  assertEquals(await it.status, { reason: "exited", code: 3 });
  assertEquals(all.events, [{ state: "lost" }, { state: "attached", complete: true }]);
  assertEquals([first.released > 0, second.released > 0, all.released], [true, true, 1]);
});

Deno.test("reconnecting: output that ends while the process runs was cut", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const reader = all.session.stdout.getReader();
  const reading = reader.read();
  first.lose("end");
  first.exit.reject(lost);
  all.back();
  second.write("two");
  assertEquals(text((await reading).value!), "two");
  all.session.detach();
});

Deno.test("reconnecting: what of a write was not taken goes to the next link", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reading = it.stdout.getReader().read();
  const writer = it.stdin!.getWriter();
  await writer.write(bytes("abc"));
  first.lose();
  const written = writer.write(bytes("defgh"));
  await turns();
  all.back();
  await written;
  assertEquals([first.sent, second.sent], ["abc", "defgh"]);
  it.detach();
  assertEquals((await reading).done, true);
});

Deno.test("reconnecting: a write to a process that has ended is refused, and nothing is come back to", async () => {
  const first = new FakeLink();
  const all = session([first]);
  const { session: it } = all;
  first.exit.resolve({ reason: "exited", code: 0 });
  const writer = it.stdin!.getWriter();
  const reading = it.stdout.getReader().read();
  first.lose(new ConnectionError("broken"));
  await assertRejects(() => writer.write(bytes("x")), ConnectionError, "takes no more input");
  await assertRejects(() => reading, ConnectionError);
  assertEquals(all.events, []);
});

Deno.test("reconnecting: stdin that was closed is not attached again", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reading = it.stdout.getReader().read();
  await it.stdin!.close();
  assertEquals(first.ended, true);
  first.lose();
  all.back();
  second.write("two");
  await reading;
  assertEquals(all.asked.map(({ stdin }) => stdin), ["null"]);
  it.detach();
});

Deno.test("reconnecting: a link that comes when the session was left is closed", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reading = it.stdout.getReader().read();
  first.lose();
  await turns();
  it.detach();
  all.back();
  assertEquals((await reading).done, true);
  await turns();
  assertEquals([second.closed, second.released > 0], [true, true]);
  assertEquals(all.events, [{ state: "lost" }]);
});

Deno.test("reconnecting: a kill waits for the link that reaches the process", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reading = it.stdout.getReader().read();
  first.lose();
  await turns();
  const killed = it.kill("SIGINT");
  await turns();
  assertEquals([first.signals, second.signals], [[], []]);
  all.back();
  await killed;
  assertEquals([first.signals, second.signals], [[], ["SIGINT"]]);
  it.detach();
  await reading;
});

Deno.test("reconnecting: a wait that is lost alone closes the link, and what that still gave was shown", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reader = it.stdout.getReader();
  first.write("one");
  assertEquals(text((await reader.read()).value!), "one");
  const reading = reader.read();
  first.exit.reject(lost);
  all.back();
  second.write("two");
  assertEquals(text((await reading).value!), "two");
  assertEquals(first.closed, true);
  it.detach();
});
