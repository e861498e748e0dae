/** The page's own end of its socket, at a room in memory. */
import { assertEquals } from "@std/assert";
import { Connection } from "../../examples/web_terminal/page/connection.js";
import { Room } from "../../examples/web_terminal/room.ts";
import { Viewer } from "../../examples/web_terminal/viewer.ts";
import { turns } from "../fakes/turns.ts";
import { until } from "../harness/until.ts";
import { FakeSocket, QuietSession } from "./fakes.ts";

/** A session whose process takes what is typed once it is let. */
class BusySession extends QuietSession {
  readonly takes = Promise.withResolvers<void>();
  readonly taken: number[] = [];
  override readonly stdin: WritableStream<Uint8Array> = new WritableStream({
    write: async (bytes): Promise<void> => {
      await this.takes.promise;
      for (const byte of bytes) this.taken.push(byte);
    },
  });
}

/** Puts pages' sockets in place of WebSocket that lead into a room. */
function pagesOf(room: Room) {
  const original = WebSocket;
  const sockets: FakeSocket[] = [];
  globalThis.WebSocket = class extends EventTarget {
    static readonly OPEN = original.OPEN;
    readonly #socket = new FakeSocket(true);
    onopen?: () => void;
    onmessage?: (event: { data: unknown }) => void;
    onclose?: (event: { code?: number }) => void;

    constructor(page: string) {
      super();
      sockets.push(this.#socket);
      this.#socket.onSent = (data) => {
        this.onmessage?.({ data: typeof data === "string" ? data : data.slice().buffer });
      };
      this.#socket.addEventListener("close", () => {
        this.onclose?.({ code: this.#socket.closedWith });
      });
      queueMicrotask(() => {
        this.onopen?.();
        room.join(new Viewer(this.#socket as unknown as WebSocket, page, page, true));
      });
    }

    get readyState(): number {
      return this.#socket.readyState;
    }

    close(): void {
      this.#socket.close();
    }

    send(data: string | Uint8Array): void {
      this.#socket.say(typeof data === "string" ? data : data.slice().buffer);
    }
  } as unknown as typeof WebSocket;
  return { sockets, [Symbol.dispose]: () => void (globalThis.WebSocket = original) };
}

/** A page in the room, and what it was told. */
function open(page: string) {
  const closed: string[] = [];
  let states = 0;
  const connection = new Connection(page, {
    output: (_bytes: Uint8Array, shown: () => void) => shown(),
    message: ({ viewers }: { viewers?: number }) => viewers && states++,
    lost: () => {},
    closed: (why: string) => closed.push(why),
    isForgotten: () => Promise.resolve(false),
  });
  return { connection, closed, states: () => states };
}

/** Lets all that waits for a time wait for none. */
function withoutWaiting(): Disposable {
  const original = setTimeout;
  globalThis.setTimeout = ((act: () => void) => original(act, 0)) as typeof setTimeout;
  return { [Symbol.dispose]: () => void (globalThis.setTimeout = original) };
}

/** Puts sockets in place of WebSocket that are never opened, and counts them. */
function nobodyThere() {
  const original = WebSocket;
  let count = 0;
  globalThis.WebSocket = class {
    onclose?: ((event: { code: number }) => void) | null;
    constructor() {
      count++;
      queueMicrotask(() => this.onclose?.({ code: 1006 }));
    }
    close(): void {}
  } as unknown as typeof WebSocket;
  return { count: () => count, [Symbol.dispose]: () => void (globalThis.WebSocket = original) };
}

/** Resolves to why a page that never gets in is closed. */
function whyClosed(isForgotten: () => Promise<boolean>): Promise<string> {
  return new Promise((closed) => {
    new Connection("ws://nobody", { lost: () => {}, closed, isForgotten });
  });
}

Deno.test("web: a page that nobody answers gives up in the end, and says so", async () => {
  using _fast = withoutWaiting();
  using nobody = nobodyThere();
  const never = Promise.withResolvers<boolean>();
  assertEquals(await whyClosed(() => never.promise), "Connection lost; not tried any more.");
  assertEquals(nobody.count(), 121);
  await turns();
  assertEquals(nobody.count(), 121);
});

Deno.test("web: a page whose address is not known any more is told that it is over", async () => {
  using _fast = withoutWaiting();
  using nobody = nobodyThere();
  assertEquals(await whyClosed(() => Promise.resolve(true)), "The session has ended.");
  const count = nobody.count();
  await turns();
  assertEquals([nobody.count(), count < 121], [count, true]);
});

/** What is pasted: more than may be ahead, and no two parts of it the same. */
const paste = Uint8Array.from({ length: 300_000 }, (_, at) => (at >> 8) ^ at);

Deno.test("web: short cuts while nothing is read neither end a paste nor change it", async () => {
  const session = new BusySession();
  const room = new Room(session, { rows: 24, columns: 80 }, { title: "box", grace: 60_000 });
  using pages = pagesOf(room);
  const { connection, closed, states } = open("the-only-page");
  await turns();
  connection.type(paste);
  for (let cut = 1; cut <= 3; cut++) {
    await turns();
    pages.sockets.at(-1)!.lose();
    const before = states();
    await until(() => states() > before || closed.length > 0, { what: "the page to come back" });
  }
  assertEquals(closed, []);
  session.takes.resolve();
  await until(() => session.taken.length >= paste.length, { what: "all of it" });
  await turns();
  assertEquals(Uint8Array.from(session.taken), paste);
  await session.end(room);
});

Deno.test("web: who takes the keyboard over types no more than there is room for", async () => {
  const session = new BusySession();
  const room = new Room(session, { rows: 24, columns: 80 }, { title: "box", grace: 60_000 });
  using _pages = pagesOf(room);
  const [first, second] = [open("first-page"), open("second-page")];
  await turns();
  // As much as it may: all but one byte of what may be ahead, and one more message.
  const most = 64 * 1024 - 1 + 16 * 1024;
  first.connection.type(paste.subarray(0, 64 * 1024 - 1));
  first.connection.type(paste.subarray(64 * 1024 - 1, most));
  await turns();
  second.connection.request({ take: true });
  second.connection.type(paste.subarray(most));
  await turns();
  assertEquals([first.closed, second.closed], [[], []]);
  session.takes.resolve();
  await until(() => session.taken.length >= paste.length, { what: "all of it" });
  assertEquals(Uint8Array.from(session.taken), paste);
  await session.end(room);
});
