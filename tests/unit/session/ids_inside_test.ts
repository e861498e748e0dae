import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { idsInside } from "../../../src/session/ids_inside.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";

const ENDPOINT = { transport: "unix" as const, path: "/fake.sock" };
const TOP = "GET /containers/box/top";
const INSPECT = "GET /containers/box/json";

/** What a host says of processes, each with its parent. */
const processes = (...rows: [id: number, parent: number][]) =>
  json(200, { Titles: ["PID", "PPID"], Processes: rows.map((row) => row.map(String)) });

/** What is known, where the host lists its processes so before and after those inside are looked at. */
async function found(
  { before, inside, after = before, pidMode = "" }: {
    before: string;
    /** Whose processes the container has beside its own. */
    pidMode?: string;
    after?: string;
    inside: [id: string, start: number][];
  },
): ReturnType<typeof idsInside> {
  const fake = new FakeEngine();
  fake.on(INSPECT, () =>
    json(200, {
      Id: "box",
      State: { Running: true },
      Config: { Tty: false },
      HostConfig: { PidMode: pidMode },
    }));
  fake.on(TOP, () => before, () => after);
  const engine = new Engine(ENDPOINT, fake.dial, "1.41");
  const looked = inside.map(([id, start]) => ({ id, start }));
  return await idsInside(engine, "box", () => Promise.resolve(looked));
}

const three = processes([100, 9], [200, 9], [201, 200], [50, 9], [300, 9], [101, 100]);

Deno.test("ids inside: those on the host in the order of their start, without what they started", async () => {
  const { ids } = await found({ before: three, inside: [["30", 7], ["20", 5], ["4", 6]] });
  assertEquals([...ids], [
    [200, "20"],
    [50, "4"],
    [300, "30"],
  ]);
});

Deno.test("ids inside: what was started in the same tick is in the order of its ids", async () => {
  const inside: [string, number][] = [["100", 5], ["20", 5], ["3", 5]];
  assertEquals([...(await found({ before: three, inside })).ids.values()], ["3", "20", "100"]);
});

Deno.test("ids inside: what came or went in between is no other one's", async () => {
  const inside: [string, number][] = [["20", 5], ["30", 6], ["40", 7]];
  const two = processes([100, 9], [200, 9], [300, 9]);
  assertEquals((await found({ before: two, after: three, inside })).ids.size, 0, "one that came");
  assertEquals((await found({ before: three, after: two, inside })).ids.size, 0, "one that went");
  const others = processes([100, 9], [200, 9], [300, 9], [400, 9]);
  assertEquals(
    (await found({ before: three, after: others, inside })).ids.size,
    0,
    "as many others",
  );
  const { ids } = await found({ before: three, after: others, inside: inside.slice(1) });
  assertEquals([...ids], [[200, "30"], [300, "40"]]);
});

Deno.test("ids inside: among another container's processes none is known", async () => {
  const inside: [string, number][] = [["30", 7], ["20", 5], ["4", 6]];
  for (const pidMode of ["container:other", "host"]) {
    assertEquals((await found({ before: three, inside, pidMode })).ids.size, 0, pidMode);
  }
  assertEquals((await found({ before: three, inside, pidMode: "private" })).ids.size, 3);
});

Deno.test("ids inside: what the host lists no more is gone, whatever else is known", async () => {
  const two = processes([100, 9], [200, 9], [201, 200], [300, 9]);
  for (const pidMode of ["", "host"]) {
    const { isGone } = await found({ before: three, after: two, inside: [["20", 5]], pidMode });
    assertEquals([50, 200, 201, 400].map(isGone), [true, false, false, true], pidMode);
  }
  const { isGone } = await found({ before: json(500, { message: "ps: bad option" }), inside: [] });
  assertEquals(isGone(400), false);
});

Deno.test("ids inside: an engine that is gone is no engine that cannot tell", async () => {
  const dial = () => Promise.reject(new ConnectionError("it is gone"));
  const engine = new Engine(ENDPOINT, dial, "1.41");
  await assertRejects(() => idsInside(engine, "box", () => Promise.resolve([])), ConnectionError);
});

Deno.test("ids inside: an engine that cannot tell finds none", async () => {
  const inside: [string, number][] = [["20", 5]];
  for (const answer of [json(500, { message: "ps: bad option" }), json(200, {}), json(200, null)]) {
    assertEquals((await found({ before: answer, inside })).ids.size, 0);
  }
});

Deno.test("ids inside: Podman tells both", async () => {
  const fake = new FakeEngine();
  const podman = (answer: string) => answer.replace("\r\n", "\r\nLibpod-API-Version: 4.3.1\r\n");
  fake.on("GET /info", () => podman(json(200, {})));
  fake.on(TOP, () => podman(json(200, { Processes: [["100", "1"], ["200", "7"]] })));
  const engine = new Engine(ENDPOINT, fake.dial, "1.41");
  await engine.json({ method: "GET", path: ["info"] });
  const { ids, isGone } = await idsInside(
    engine,
    "box",
    () => Promise.reject(new Error("not to be looked at")),
  );
  assertEquals([...ids], [[100, "1"], [200, "7"]]);
  assertEquals([isGone(200), isGone(7)], [false, true]);
  assertEquals(fake.call(TOP).query.get("ps_args"), "hpid,pid");
});
