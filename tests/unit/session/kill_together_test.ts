import { assert, assertEquals, assertRejects } from "@std/assert";
import { KillTogether } from "../../../src/session/kill_together.ts";
import { settled, turns } from "../../fakes/turns.ts";

interface Asker {
  mark: string;
  reached: boolean;
}

/** Kills that are sent when the test says so: the rounds in their order. */
function sending() {
  const rounds: {
    marks: string[];
    end: (reached: string[]) => void;
    fail: (why: Error) => void;
  }[] = [];
  const together = new KillTogether<Asker>();
  const send = (askers: readonly Asker[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (reached: string[]) => {
      for (const asker of askers) asker.reached = reached.includes(asker.mark);
      resolve();
    };
    rounds.push({ marks: askers.map(({ mark }) => mark), end, fail: reject });
    return promise;
  };
  const enter = (mark: string, target = "KILL box") => {
    const asker = { mark, reached: false };
    const part = together.enter(target, asker);
    const round = async () => {
      await together.round(target, asker, send);
      return asker.reached;
    };
    return { round, leave: () => part[Symbol.dispose]() };
  };
  const ask = async (mark: string, target?: string) => {
    const { round, leave } = enter(mark, target);
    try {
      return await round();
    } finally {
      leave();
    }
  };
  return { rounds, enter, ask, sent: () => rounds.map(({ marks }) => marks) };
}

Deno.test("kills that are asked for at once are one, and each learns of its own mark", async () => {
  const { rounds, ask, sent } = sending();
  const asked = ["a", "b", "c"].map((mark) => ask(mark));
  await turns();
  assertEquals(sent(), [["a", "b", "c"]]);
  rounds[0].end(["a", "c"]);
  assertEquals(await Promise.all(asked), [true, false, true]);
});

Deno.test("what is asked for while one is under way waits for its end, and is the next", async () => {
  const { rounds, ask, sent } = sending();
  const first = ask("a");
  await turns();
  const others = [ask("b"), ask("c")];
  await turns();
  others.push(ask("d"));
  assertEquals(sent(), [["a"]]);
  rounds[0].end(["a"]);
  assertEquals(await first, true);
  await turns();
  assertEquals(sent(), [["a"], ["b", "c", "d"]]);
  assertEquals(await settled(others[0]), false);
  rounds[1].end(["b", "c", "d"]);
  assertEquals(await Promise.all(others), [true, true, true]);
  // Nothing is kept of those.
  ask("e");
  await turns();
  assertEquals(sent().at(-1), ["e"]);
});

Deno.test("who was not reached, and is about to ask again, is in the rounds of others", async () => {
  const { rounds, enter, sent } = sending();
  const [a, b] = [enter("a"), enter("b")];
  const first = a.round();
  await turns();
  rounds[0].end([]);
  assertEquals(await first, false);
  const second = b.round();
  await turns();
  assertEquals(sent(), [["a", "b"], ["a", "b"]]);
  rounds[1].end(["a"]);
  // The one was reached by the other's round: it needs none of its own.
  assertEquals([await second, await a.round()], [false, true]);
  b.leave();
  enter("c").round();
  await turns();
  assertEquals(sent().at(-1), ["c"]);
});

Deno.test("another container, user or signal is not joined, and not waited for", async () => {
  const { ask, sent } = sending();
  ask("a");
  ask("b", "TERM box");
  await turns();
  assertEquals(sent(), [["a"], ["b"]]);
});

Deno.test("who asks twice has two signals sent, one after the other", async () => {
  const { rounds, ask, sent } = sending();
  const asked = [ask("a"), ask("a"), ask("b")];
  await turns();
  assertEquals(sent(), [["a", "b"]]);
  rounds[0].end(["a", "b"]);
  await turns();
  assertEquals(sent(), [["a", "b"], ["a"]]);
  rounds[1].end(["a"]);
  assertEquals(await Promise.all(asked), [true, true, true]);
});

Deno.test("an error is that of all who were joined, and not of those who wait", async () => {
  const { rounds, ask, sent } = sending();
  const failed = new Error("no pid");
  const asked = [ask("a"), ask("b")].map((asked) => assertRejects(() => asked, Error, "no pid"));
  await turns();
  const next = ask("c");
  rounds[0].fail(failed);
  for (const error of await Promise.all(asked)) assert(error === failed);
  await turns();
  assertEquals(sent(), [["a", "b"], ["c"]]);
  rounds[1].end(["c"]);
  assertEquals(await next, true);
});

Deno.test("a command does not become too long", async () => {
  const { rounds, ask, sent } = sending();
  const marks = Array.from({ length: 1500 }, (_, index) => String(index));
  for (const mark of marks) ask(mark);
  await turns();
  rounds[0].end(marks);
  await turns();
  assertEquals(sent().map((marks) => marks.length), [1000, 500]);
  assertEquals(sent()[1][0], "1000");
});
