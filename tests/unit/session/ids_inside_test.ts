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

/** The ids inside, where the host lists its processes so before and after those inside are looked at. */
async function found(
  { before, inside, after = before, pidMode = "" }: {
    before: string;
    /** Whose processes the container has beside its own. */
    pidMode?: string;
    after?: string;
    inside: [id: string, start: number][];
  },
): Promise<[number, string][]> {
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
  const ids = await idsInside(engine, "box", () => Promise.resolve(looked));
  return [...ids];
}

const three = processes([100, 9], [200, 9], [201, 200], [50, 9], [300, 9], [101, 100]);

Deno.test("ids inside: those on the host in the order of their start, without what they started", async () => {
  assertEquals(await found({ before: three, inside: [["30", 7], ["20", 5], ["4", 6]] }), [
    [200, "20"],
    [50, "4"],
    [300, "30"],
  ]);
});

Deno.test("ids inside: what was started in the same tick is in the order of its ids", async () => {
  const inside: [string, number][] = [["100", 5], ["20", 5], ["3", 5]];
  assertEquals((await found({ before: three, inside })).map(([, id]) => id), ["3", "20", "100"]);
});

Deno.test("ids inside: what came or went in between is no other one's", async () => {
  const inside: [string, number][] = [["20", 5], ["30", 6], ["40", 7]];
  const two = processes([100, 9], [200, 9], [300, 9]);
  assertEquals(await found({ before: two, after: three, inside }), [], "one that came");
  assertEquals(await found({ before: three, after: two, inside }), [], "one that went");
  const others = processes([100, 9], [200, 9], [300, 9], [400, 9]);
  assertEquals(await found({ before: three, after: others, inside }), [], "as many others");
  assertEquals(await found({ before: three, after: others, inside: inside.slice(1) }), [
    [200, "30"],
    [300, "40"],
  ]);
});

Deno.test("ids inside: among another container's processes none is known", async () => {
  const inside: [string, number][] = [["30", 7], ["20", 5], ["4", 6]];
  for (const pidMode of ["container:other", "host"]) {
    assertEquals(await found({ before: three, inside, pidMode }), [], pidMode);
  }
  assertEquals((await found({ before: three, inside, pidMode: "private" })).length, 3);
});

Deno.test("ids inside: an engine that is gone is no engine that cannot tell", async () => {
  const dial = () => Promise.reject(new ConnectionError("it is gone"));
  const engine = new Engine(ENDPOINT, dial, "1.41");
  await assertRejects(() => idsInside(engine, "box", () => Promise.resolve([])), ConnectionError);
});

Deno.test("ids inside: an engine that cannot tell finds none", async () => {
  const inside: [string, number][] = [["20", 5]];
  for (const answer of [json(500, { message: "ps: bad option" }), json(200, {}), json(200, null)]) {
    assertEquals(await found({ before: answer, inside }), []);
  }
});

Deno.test("ids inside: Podman tells both", async () => {
  const fake = new FakeEngine();
  const podman = (answer: string) => answer.replace("\r\n", "\r\nLibpod-API-Version: 4.3.1\r\n");
  fake.on("GET /info", () => podman(json(200, {})));
  fake.on(TOP, () => podman(json(200, { Processes: [["100", "1"], ["200", "7"]] })));
  const engine = new Engine(ENDPOINT, fake.dial, "1.41");
  await engine.json({ method: "GET", path: ["info"] });
  const ids = await idsInside(
    engine,
    "box",
    () => Promise.reject(new Error("not to be looked at")),
  );
  assertEquals([...ids], [[100, "1"], [200, "7"]]);
  assertEquals(fake.call(TOP).query.get("ps_args"), "hpid,pid");
});
