import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConnectionError,
  ConnectionLostError,
  ContainerStateError,
  EngineError,
  InvalidOptionError,
} from "../../../src/errors.ts";
import { reattach } from "../../../src/session/reattach.ts";
import type { Session } from "../../../src/session/session.ts";
import { FakeSession } from "../../fakes/session.ts";

/** An engine that never answers. */
const SILENT = "silent";
/** How long an attempt may take. */
const LATE = 30_000;

/**
 * Attaches by what `attempts` give, one after another, with a clock that never waits: it is past the
 * end of an attempt once that waits for a silent engine.
 */
async function run(...attempts: (Session | Error | typeof SILENT)[]) {
  const pauses: number[] = [];
  const late = new Set<() => void>();
  const result = await reattach({
    attach: (signal) => {
      const next = attempts.length > 1 ? attempts.shift()! : attempts[0];
      if (next === SILENT) {
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          for (const callback of late) callback();
        });
      }
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    container: "box",
    signal: new AbortController().signal,
    timers: {
      set: (callback, delay) => {
        if (delay === LATE) {
          late.add(callback);
          return callback;
        }
        pauses.push(delay);
        queueMicrotask(callback);
      },
      clear: (callback) => void late.delete(callback as () => void),
    },
  });
  assertEquals(late.size, 0);
  return { result, pauses };
}

const away = new ConnectionError("nothing listens there");
const busy = new EngineError("starting", { status: 503, method: "GET", path: "/" });

Deno.test("it attaches again after pauses that grow", async () => {
  const session = new FakeSession();
  const { result, pauses } = await run(away, away, busy, session);
  assertEquals(result, session);
  assertEquals(pauses, [100, 200, 400, 800]);
});

Deno.test("a container that ends while it is attached to is found to have ended by the next attempt", async () => {
  const session = new FakeSession();
  const ended = new ContainerStateError("is not running", { exitCode: 7 });
  const { result, pauses } = await run(away, ended, session);
  assertEquals([result, pauses], [session, [100, 200, 400]]);
});

Deno.test("a container that is gone, or cannot be attached to, is given up at once", async () => {
  const gone = new EngineError("No such container: box", { status: 404, method: "GET", path: "/" });
  const error = await assertRejects(() => run(gone), ConnectionLostError, "was removed since");
  assertEquals(error.cause, gone);
  const restarted = new ContainerStateError("was started again");
  const failed = await assertRejects(() => run(restarted), ConnectionLostError);
  assertEquals([failed.message, failed.cause], [
    "the connection to the engine was lost, and attaching again failed: was started again",
    restarted,
  ]);
  const refused = new InvalidOptionError("the caller's");
  assertEquals(await assertRejects(() => run(refused)), refused);
});

Deno.test("a container that is paused is waited for, and told as such in the end", async () => {
  const session = new FakeSession();
  const paused = new ContainerStateError("it is paused", { paused: true });
  const { result, pauses } = await run(away, paused, paused, session);
  assertEquals([result, pauses], [session, [100, 200, 400, 800]]);
  await assertRejects(
    () => run(paused),
    ConnectionLostError,
    "the connection to the engine was lost, and attaching again failed: it is paused",
  );
});

Deno.test("an engine that stays away is given up after two minutes, with the last reason", async () => {
  const error = await assertRejects(() => run(away), ConnectionLostError, "did not come back");
  assertEquals(error.cause, away);
});

Deno.test("an attempt that is not answered is left for the next one", async () => {
  const session = new FakeSession();
  const { result, pauses } = await run(SILENT, SILENT, session);
  assertEquals([result, pauses], [session, [100, 200, 400]]);
});

Deno.test("an engine that never answers is given up after two minutes as well", async () => {
  const words =
    "the engine did not come back, and the process in the container may still be running: it did " +
    "not answer in 30 seconds";
  const { cause } = await assertRejects(() => run(SILENT), ConnectionError, words);
  assert(cause instanceof ConnectionError);
});

Deno.test("attempts that fail by the client's own time limit count, too", async () => {
  let now = 0;
  let attempts = 0;
  const attaching = reattach({
    attach: () => {
      attempts++;
      now += 20_000;
      return Promise.reject(away);
    },
    container: "box",
    timers: {
      set: (callback, delay) => void (delay < LATE && queueMicrotask(callback)),
      clear() {},
    },
    signal: new AbortController().signal,
    now: () => now,
  });
  await assertRejects(() => attaching, ConnectionError, "did not come back");
  assertEquals(attempts, 6);
});

Deno.test("what a dial of the program's own throws of the system's is tried again", async () => {
  const session = new FakeSession();
  const { result } = await run(new Deno.errors.NotFound("no socket"), session);
  assertEquals(result, session);
  await assertRejects(() => run(new TypeError("a mistake")), TypeError);
});

Deno.test("it is given up in the middle of a pause, with the signal's reason", async () => {
  class Reason extends Error {}
  const abort = new AbortController();
  const attaching = reattach({
    attach: () => Promise.reject(away),
    container: "box",
    timers: { set: () => abort.abort(new Reason()), clear: () => {} },
    signal: abort.signal,
  });
  await assertRejects(() => attaching, Reason);
});
