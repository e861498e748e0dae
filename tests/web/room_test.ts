/** Who watches and who types in the terminal in the browser, without a browser or an engine. */
import { assert, assertEquals } from "@std/assert";
import { Room } from "../../examples/web_terminal/room.ts";
import { serveRoom } from "../../examples/web_terminal/server.ts";
import { parseRequest, Viewer, WINDOW } from "../../examples/web_terminal/viewer.ts";
import { turns } from "../fakes/turns.ts";
import { FakeSocket, QuietSession } from "./fakes.ts";
import { socketOf } from "./server.ts";

const size = { rows: 24, columns: 80 };

let pages = 0;

/** Comes into the room, and reads or does not. */
function enter(
  room: Room,
  { mayType = true, reads = true, id = `page-${++pages}` } = {},
): FakeSocket {
  const socket = new FakeSocket(reads);
  room.join(new Viewer(socket as unknown as WebSocket, id, id, mayType));
  return socket;
}

function makeRoom({ grace = 60_000 } = {}) {
  const session = new QuietSession();
  return { session, room: new Room(session, size, { title: "box", grace }) };
}

const key = new TextEncoder().encode("x").buffer;

/** So many keys that the answers to them are four times what may wait. */
const MANY = Math.ceil(4 * WINDOW / '{"received":1,"waiting":0}'.length);

Deno.test("web: whoever may only watch is let go for typing, without an answer", async () => {
  const { session, room } = makeRoom();
  const socket = enter(room, { mayType: false });
  const before = socket.texts.length;
  for (let count = 0; count < 10; count++) socket.say(key);
  assertEquals(socket.closedWith, 4003);
  assertEquals(socket.texts.slice(before), []);
  assertEquals(session.sent, []);
  await session.end(room);
});

Deno.test("web: who types and reads no answer is let go", async () => {
  const { session, room } = makeRoom();
  const socket = enter(room, { reads: false });
  for (let count = 0; count < MANY; count++) {
    socket.say(key);
    if (count % 1000 === 0) await turns(1);
  }
  await turns();
  assertEquals(socket.closedWith, 4004);
  assert(socket.sent < 2 * WINDOW, `it was sent ${socket.sent}`);
  await session.end(room);
});

Deno.test("web: so is who does not type just then, or only watches", async () => {
  const { session, room } = makeRoom();
  const typist = enter(room);
  const other = enter(room, { reads: false });
  const watching = enter(room, { mayType: false, reads: false });
  for (let count = 0; count < MANY; count++) other.say(key);
  assertEquals([typist.closedWith, other.closedWith], [undefined, 4004]);
  for (let count = 0; count < MANY; count++) {
    typist.say('{"size":{"rows":24,"columns":80}}');
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  await turns();
  assertEquals([typist.closedWith, watching.closedWith], [undefined, 4004]);
  await session.end(room);
});

Deno.test("web: who reads may type as much as they like", async () => {
  const { session, room } = makeRoom();
  const socket = enter(room);
  for (let count = 0; count < MANY; count++) {
    socket.say(key);
    if (count % 1000 === 0) await turns(1);
  }
  await turns();
  assertEquals(socket.closedWith, undefined);
  assertEquals(session.sent.length, MANY);
  await session.end(room);
});

Deno.test("web: who comes first after a fault does not take the keyboard away", async () => {
  const { session, room } = makeRoom();
  const lost = [enter(room, { id: "typist" }), enter(room, { id: "another" })];
  for (const socket of lost) socket.lose();
  const another = enter(room, { id: "another" });
  const typist = enter(room, { id: "typist" });
  typist.say(key);
  await turns(1);
  assertEquals([another.typing, typist.typing, session.sent], [false, true, ["x"]]);
  typist.lose();
  another.say('{"take":true}');
  assertEquals(another.typing, true, "who asks for it has it at once");
  assertEquals(enter(room, { id: "typist" }).typing, false);
  await session.end(room);
});

Deno.test("web: the keyboard of one who does not come back is free", async () => {
  const { session, room } = makeRoom({ grace: 0 });
  enter(room, { mayType: false });
  enter(room).lose();
  assertEquals(enter(room).typing, true, "it was kept for no longer than the grace");
  await session.end(room);

  const later = makeRoom();
  enter(later.room).close();
  assertEquals(enter(later.room).typing, true, "who closes a page is not waited for");
  await later.session.end(later.room);
});

Deno.test("web: what is left out, as another one types, is not taken without a word", async () => {
  const { session, room } = makeRoom();
  enter(room);
  const other = enter(room);
  other.say(key);
  assertEquals(JSON.parse(other.texts.at(-1)!), {
    received: 1,
    waiting: 0,
    tooLate: true,
  });
  assertEquals(session.sent, []);
  await session.end(room);
});

Deno.test("web: a window larger than terminals may be has one as large as may be", () => {
  const size = (rows: unknown, columns: unknown) =>
    parseRequest(JSON.stringify({ size: { rows, columns } }))?.size;
  assertEquals(size(200, 500), { rows: 200, columns: 500 });
  assertEquals(size(201, 80), { rows: 200, columns: 80 });
  assertEquals(size(24, 2 ** 40), { rows: 24, columns: 500 });
  for (const none of [0, -1, 1.5, "80", null]) assertEquals(size(24, none), undefined);
});

Deno.test("web: places are kept for those who are about to come", async () => {
  const { session, room } = makeRoom();
  const places = Array.from({ length: 32 }, () => room.reserve(false));
  assert(places.every((place) => place !== undefined));
  assertEquals(room.reserve(false), undefined);
  places[0]!();
  places[0]!();
  const again = room.reserve(false);
  assert(again !== undefined);
  assertEquals(room.reserve(false), undefined);
  const typing = Array.from({ length: 4 }, () => room.reserve(true));
  assert(typing.every((place) => place !== undefined), "watchers keep nobody out who may type");
  assertEquals(room.reserve(true), undefined);
  for (const leave of typing) leave!();
  again();
  enter(room);
  assertEquals(room.reserve(false), undefined);
  await session.end(room);
});

Deno.test("web: a tab that typed and watches now has no say any more", async () => {
  const { session, room } = makeRoom();
  await using server = serveRoom({ port: 0, origins: [] });
  server.open(room);
  const { type, watch } = server.tokens;
  const told = (socket: WebSocket, what: string) =>
    new Promise<boolean>((resolve) =>
      socket.addEventListener("message", ({ data }) => {
        const message = typeof data === "string" ? JSON.parse(data) : {};
        if (what in message) resolve(message[what]);
      })
    );
  const closed = (socket: WebSocket) =>
    new Promise((resolve) => socket.addEventListener("close", resolve));
  const first = socketOf(server.url(type), "the-only-tab");
  assertEquals(await told(first, "typing"), true);
  first.close();
  await closed(first);
  const second = socketOf(server.url(watch), "the-only-tab");
  assertEquals(await told(second, "typing"), false);
  second.send(JSON.stringify({ size: { rows: 7, columns: 7 } }));
  const third = socketOf(server.url(type), "another-tab");
  assertEquals(await told(third, "typing"), true, "the place is free for one who may");
  third.send(JSON.stringify({ size: { rows: 9, columns: 9 } }));
  await told(third, "size");
  assertEquals(session.sizes, [{ rows: 9, columns: 9 }]);
  const ends = [closed(second), closed(third)];
  await session.end(room);
  await Promise.all(ends);
});

Deno.test("web: no more than 32 get in that come at the same time", async () => {
  const { session, room } = makeRoom();
  await using server = serveRoom({ port: 0, origins: [] });
  const connect = (index: number) =>
    socketOf(server.url(server.tokens.watch), `viewer-${1000 + index}`);
  // Nobody gets in before there is a room.
  assertEquals(await outcome(connect(0)), "refused");
  server.open(room);
  const sockets = Array.from({ length: 40 }, (_, index) => connect(index));
  const outcomes = await Promise.all(sockets.map(outcome));
  assertEquals(outcomes.filter((found) => found === "open").length, 32);
  const closed = sockets.map((socket) =>
    new Promise((resolve) => {
      if (socket.readyState === WebSocket.CLOSED) resolve(0);
      socket.addEventListener("close", resolve);
    })
  );
  await session.end(room);
  await Promise.all(closed);
});

function outcome(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.addEventListener("open", () => resolve("open"));
    socket.addEventListener("error", () => resolve("refused"));
  });
}
