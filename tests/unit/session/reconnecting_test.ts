import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, ConnectionLostError } from "../../../src/errors.ts";
import { HijackedSession, type SessionParts } from "../../../src/session/hijacked_session.ts";
import type { ReconnectEvent, SessionOptions } from "../../../src/session/options.ts";
import { reconnecting } from "../../../src/session/reconnecting.ts";
import { SHOWN, type Shown, THROUGH } from "../../../src/session/shown_option.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { FakeLink, lost } from "../../fakes/link.ts";
import { settled, turns } from "../../fakes/turns.ts";

/** A session that comes back by what `links` are. */
function session(
  links: FakeLink[],
  options: {
    complete?: boolean;
    stdin?: SessionParts["stdin"];
    /** Nobody is told with `null`. */
    onReconnect?: ((event: ReconnectEvent) => void | Promise<void>) | null;
  } = {},
) {
  const { stdin = "half-close" } = options;
  const events: ReconnectEvent[] = [];
  const asked: SessionOptions[] = [];
  const attaching = Promise.withResolvers<void>();
  let released = 0;
  const added: Shown = reconnecting({
    options: options.onReconnect === null ? {} : {
      onReconnect: (event) => {
        events.push(event);
        return options.onReconnect?.(event);
      },
    },
    attach: async (_container, given) => {
      asked.push(given);
      const aborted = Promise.withResolvers<never>();
      given.signal!.addEventListener("abort", () => aborted.reject(given.signal!.reason));
      // A real one is answered all the same, at times: where a test says so first.
      await Promise.race([attaching.promise, settled(aborted.promise).then(() => aborted.promise)]);
      given[SHOWN]!.isMissing = options.complete === false;
      return links.shift()!.parts(given.stdin === "null" ? null : stdin);
    },
    release: () => released++,
    timers: {
      set: (callback, delay) => void (delay < 30_000 && queueMicrotask(callback)),
      clear() {},
    },
  });
  const session = new HijackedSession(added[THROUGH]!(links.shift()!.parts(stdin)));
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
  const all = session([first, second], { stdin: "stay-open" });
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

Deno.test("reconnecting: where the connection's end was that of stdin, it takes no more", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reading = it.stdout.getReader().read();
  const writer = it.stdin!.getWriter();
  await writer.write(bytes("abc"));
  first.lose();
  all.back();
  await turns();
  const words = "takes no more input: its stdin has ended with the connection";
  await assertRejects(() => writer.write(bytes("def")), ConnectionError, words);
  assertEquals(second.sent, "");
  it.detach();
  await reading;
});

Deno.test("reconnecting: a session that has failed does not come back", async () => {
  class Thrown extends Error {}
  const thrower = ({ state }: ReconnectEvent) => {
    if (state !== "lost") throw new Thrown();
  };
  for (const [onReconnect, Failure] of [[null, ConnectionLostError], [thrower, Thrown]] as const) {
    const [first, second, third] = [new FakeLink(), new FakeLink(), new FakeLink()];
    const all = session([first, second, third], { complete: false, onReconnect });
    const { session: it } = all;
    // More than lies unread, so that nothing is read when it is lost.
    for (let block = 0; block < 12; block++) first.write("x".repeat(65536));
    const reader = it.stdout.getReader();
    await turns();
    first.exit.reject(lost);
    second.write("early");
    all.back();
    await assertRejects(() => it.status, Failure);
    await assertRejects(async () => {
      for (let read; !(read = await reader.read()).done;) {
        assertEquals(text(read.value!).includes("early"), false);
      }
    }, Failure);
    assertEquals([second.closed, second.released > 0, third.released], [true, true, 0]);
    assertEquals([all.asked.length, all.released], [1, 1]);
  }
});

Deno.test("reconnecting: the size that is told last stays, also beside the repaint", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  first.tty = second.tty = true;
  let resized: Promise<void> | undefined;
  const all = session([first, second], {
    onReconnect: ({ state }) => {
      if (state === "attached") resized = all.session.resize({ rows: 50, columns: 100 });
    },
  });
  const reading = all.session.stdout.getReader().read();
  first.lose();
  all.back();
  await turns();
  await resized;
  assertEquals(second.sizes.slice(-1), ["50x100"]);
  assertEquals(second.sizes.length > 1, true, "it was made to repaint");
  all.session.detach();
  await reading;
});

Deno.test("reconnecting: a repaint that is not answered keeps nothing waiting", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  first.tty = second.tty = true;
  second.resizing = new Promise(() => {});
  const all = session([first, second]);
  const reader = all.session.stdout.getReader();
  const reading = reader.read();
  first.lose();
  all.back();
  second.write("two");
  assertEquals(text((await reading).value!), "two");
  all.session.detach();
  assertEquals((await reader.read()).done, true);
});

Deno.test("reconnecting: whoever leaves when he is told changes no size", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  first.tty = second.tty = true;
  const all = session([first, second], {
    onReconnect: ({ state }) => {
      if (state === "attached") all.session.detach();
    },
  });
  const reading = all.session.stdout.getReader().read();
  first.lose();
  all.back();
  assertEquals((await reading).done, true);
  await turns();
  assertEquals([second.sizes, second.closed, second.released > 0], [[], true, true]);
});

Deno.test("reconnecting: a link behind a known end is released, too", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second]);
  const { session: it } = all;
  const reader = it.stdout.getReader();
  first.exit.resolve({ reason: "exited", code: 0 });
  assertEquals(await it.status, { reason: "exited", code: 0 });
  const reading = reader.read();
  first.lose();
  all.back();
  second.write("two");
  assertEquals(text((await reading).value!), "two");
  second.lose("end");
  assertEquals((await reader.read()).done, true);
  assertEquals(second.released > 0, true);
});

Deno.test("reconnecting: a write that fails alone is a loss, after a second", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second], { stdin: "stay-open" });
  const { session: it } = all;
  for (let block = 0; block < 12; block++) first.write("x".repeat(65536));
  const { stdout } = it;
  await turns();
  first.lose(new ConnectionError("broken"));
  const written = it.stdin!.getWriter().write(bytes("abc"));
  all.back();
  await written;
  assertEquals(second.sent, "abc");
  it.detach();
  await stdout.cancel();
});

Deno.test("reconnecting: what a callback's promise rejects with is the session's error", async () => {
  class Late extends Error {}
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second], {
    onReconnect: async ({ state }) => {
      await turns();
      if (state === "attached") throw new Late();
    },
  });
  const reading = all.session.stdout.getReader().read();
  first.lose();
  all.back();
  await assertRejects(() => reading, Late);
  await assertRejects(() => all.session.status, Late);
  assertEquals(second.closed, true);
});

Deno.test("reconnecting: where coming back has failed, a kill goes to the engine all the same", async () => {
  const [first, second] = [new FakeLink(), new FakeLink()];
  const all = session([first, second], { complete: false, onReconnect: null });
  const reading = all.session.stdout.getReader().read();
  first.lose();
  all.back();
  await assertRejects(() => reading, ConnectionLostError);
  await all.session.kill("SIGKILL");
  assertEquals([first.signals, second.signals], [["SIGKILL"], []]);
});

Deno.test("reconnecting: a promise that rejects at the loss ends the session at once", async () => {
  class Late extends Error {}
  const first = new FakeLink();
  const all = session([first], { onReconnect: () => Promise.reject(new Late()) });
  const reading = all.session.stdout.getReader().read();
  first.lose();
  // The engine does not answer.
  await assertRejects(() => reading, Late);
});
