import { assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { EngineError } from "../../../src/errors.ts";
import { Resizer } from "../../../src/session/resizer.ts";
import { FakeEngine } from "../../fakes/engine.ts";

const engine = new Engine({ transport: "unix", path: "/x" }, new FakeEngine().dial, "1.41");
const size = (rows: number) => ({ rows, columns: 80 });
const refused = new EngineError("not running", { status: 409, method: "POST", path: "/resize" });

/** A resizer whose first sizes are refused so many times, and the rows that were sent. */
function refusing(refusals: number) {
  const sent: number[] = [];
  const resizer = new Resizer(({ rows }) => {
    sent.push(rows);
    return refusals-- > 0 ? Promise.reject(refused) : Promise.resolve();
  });
  return { sent, resizer };
}

Deno.test("the first size is sent until it is taken, where the process is to come", async () => {
  const { sent, resizer } = refusing(2);
  await resizer.first(engine, size(1), { startsLate: true });
  assertEquals(sent, [1, 1, 1]);
});

Deno.test("a process that is not there, and is not to come, needs no size", async () => {
  const { sent, resizer } = refusing(9);
  await resizer.first(engine, size(1), { startsLate: false });
  assertEquals(sent, [1]);
});

Deno.test("a newer size is the one that stays, and the end of the session ends the tries", async () => {
  const { sent, resizer } = refusing(0);
  const first = resizer.first(engine, size(1), { startsLate: true });
  await resizer.resize(size(2));
  await first;
  assertEquals(sent.at(-1), 2);
  const other = refusing(9);
  const trying = other.resizer.first(engine, size(1), { startsLate: true });
  other.resizer.end();
  await trying;
  assertEquals(other.sent.length <= 1, true);
});

Deno.test("an engine that takes the size with the creation is not told it again", async () => {
  const newer = new Engine({ transport: "unix", path: "/x" }, new FakeEngine().dial, "1.42");
  const { sent, resizer } = refusing(0);
  await resizer.first(newer, size(1), { startsLate: true });
  assertEquals(sent, []);
});
