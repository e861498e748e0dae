import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConnectionError, ConnectionLostError, InvalidOptionError } from "../../../src/errors.ts";
import { HijackedSession, type SessionParts } from "../../../src/session/hijacked_session.ts";
import { payloadReader } from "../../../src/session/output.ts";
import type { ExitStatus } from "../../../src/session/session.ts";
import { bytes, frame, join, text } from "../../fakes/bytes.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { settled, turns } from "../../fakes/turns.ts";

const EXITED: ExitStatus = { reason: "exited", code: 3 };

/** A session over a fake connection whose process ends with code 3 when its output does. */
function open({ tty = false, capacity = Infinity, ...parts }:
  & Partial<SessionParts>
  & { capacity?: number } = {}) {
  const [client, server] = connectionPair({ capacity });
  const log: unknown[] = [];
  const session = new HijackedSession({
    id: "x",
    tty,
    connection: client,
    read: payloadReader(client, !tty),
    stdin: "half-close",
    exited: async (outputEnded) => {
      await outputEnded;
      return EXITED;
    },
    resize: (size) => Promise.resolve(void log.push(size)),
    kill: (signal) => Promise.resolve(void log.push(signal)),
    release: () => log.push("released"),
    ...parts,
  });
  return { session, client, server, log };
}

/** A sink that keeps what it gets. */
function sink() {
  const got: string[] = [];
  return { got, write: (content: Uint8Array) => void got.push(text(content)) };
}

Deno.test("a session says what it is", () => {
  const { session } = open({ tty: true });
  assertEquals([session.id, session.tty, session.stderr], ["x", true, null]);
  assert(open().session.stderr instanceof ReadableStream);
  assertEquals(open({ stdin: null }).session.stdin, null);
});

Deno.test("output() gives everything that was written, and how it ended", async () => {
  const { session, server, client, log } = open();
  await server.send(join([frame(1, "out"), frame(2, "err"), frame(1, "!")]));
  server.close();
  const { status, stdout, stderr } = await session.output();
  assertEquals([status, text(stdout), text(stderr)], [EXITED, "out!", "err"]);
  assertEquals([client.closeCount, log], [1, ["released"]]);
});

Deno.test("output() a second time is refused: it would look like an empty one", async () => {
  const { session, server } = open();
  await server.send(frame(1, "all of it"));
  server.close();
  assertEquals(text((await session.output()).stdout), "all of it");
  await assertRejects(() => session.output(), InvalidOptionError, "read by somebody else already");
});

Deno.test("sizes that come at once are sent one after another, and a refused one stops none", async () => {
  const first = Promise.withResolvers<void>();
  const sent: number[] = [];
  const { session } = open({
    resize: async ({ rows }) => {
      sent.push(rows);
      if (rows === 1) await first.promise;
    },
  });
  const asked = [1, 2, 3].map((rows) => ({ rows, columns: 80 }));
  const sizes = asked.map((size) => session.resize(size));
  // They are the caller's, who may use them again.
  for (const size of asked) size.rows = 99;
  await turns();
  assertEquals(sent, [1]);
  assertEquals(session.size, null, "it has none of them yet");
  first.reject(new Error("no"));
  await assertRejects(() => sizes[0], Error, "no");
  await Promise.all(sizes.slice(1));
  assertEquals(sent, [1, 2, 3]);
  assertEquals(session.size, { rows: 3, columns: 80 });
  await assertRejects(() => session.resize({ rows: 1, columns: 80 }), Error, "no");
  assertEquals(session.size, { rows: 3, columns: 80 }, "a refused one is not its size");
});

Deno.test("output() with a tty has all of it in stdout", async () => {
  const { session, server } = open({ tty: true });
  await server.send("raw\r\n");
  server.close();
  const { stdout, stderr } = await session.output();
  assertEquals([text(stdout), stderr.length], ["raw\r\n", 0]);
});

Deno.test("what is written to stdin arrives, and closing it ends it; output goes on", async () => {
  const { session, server } = open();
  const writer = session.stdin!.getWriter();
  await writer.write(bytes("typed"));
  await writer.close();
  assertEquals(text(await server.receiveAll()), "typed");
  await server.send(frame(1, "late"));
  server.close();
  const { status, stdout } = await session.output();
  assertEquals([status, text(stdout)], [EXITED, "late"]);
});

Deno.test("aborting stdin ends it as well", async () => {
  const { session, server } = open();
  await session.stdin!.abort(new Error("enough"));
  assertEquals(text(await server.receiveAll()), "");
});

Deno.test("a stdin that stays open is not half-closed", async () => {
  const { session, client, server } = open({ stdin: "stay-open" });
  await session.stdin!.close();
  assertEquals(client.writeEnded, false);
  await server.send(frame(1, "late"));
  server.close();
  assertEquals(text((await session.output()).stdout), "late");
});

Deno.test("a write to stdin waits while the process does not read", async () => {
  const { session, server } = open({ capacity: 4 });
  const writing = session.stdin!.getWriter().write(bytes("123456"));
  assertEquals(await settled(writing), false);
  assertEquals(await server.receive(), "1234");
  await writing;
  assertEquals(await server.receive(), "56");
});

Deno.test("a write that the process does not take is a ConnectionError", async () => {
  const gone = open();
  gone.server.close();
  const write = () => gone.session.stdin!.getWriter().write(bytes("x"));
  await assertRejects(write, ConnectionError, "takes no more input");
  const ended = open();
  ended.server.close();
  await ended.session.status;
  const late = () => ended.session.stdin!.getWriter().write(bytes("x"));
  await assertRejects(late, ConnectionError, "the session has ended");
});

Deno.test("closing stdin after the process has ended is no failure", async () => {
  const { session, server } = open();
  server.close();
  await session.status;
  await session.stdin!.close();
});

Deno.test("nothing is read before somebody asks for the output or the status", async () => {
  const { session, client, server } = open();
  await server.send(frame(1, "out"));
  await turns();
  assertEquals(client.unread, frame(1, "out").length);
  server.close();
  assertEquals(await session.status, EXITED);
});

Deno.test("the status alone is enough to see the end, where the output is short", async () => {
  const { session, server } = open();
  const status = session.status;
  assertEquals(await settled(status), false);
  await server.send(frame(1, "unread"));
  server.close();
  assertEquals(await status, EXITED);
  assertEquals(text((await session.output()).stdout), "unread");
});

Deno.test("forward() gives the sinks everything, and resolves at the output's end", async () => {
  const { session, server } = open();
  const [stdout, stderr] = [sink(), sink()];
  const forwarding = session.forward({ stdout, stderr });
  await server.send(join([frame(1, "out"), frame(2, "err")]));
  assertEquals(await settled(forwarding), false);
  assertEquals([stdout.got, stderr.got], [["out"], ["err"]]);
  server.close();
  await forwarding;
  assertEquals(await session.status, EXITED);
});

Deno.test("stdout, stderr and output() are refused while forward() reads them", async () => {
  const { session, server } = open();
  const [stdout, stderr] = [sink(), sink()];
  const forwarding = session.forward({ stdout, stderr });
  for (const use of [() => session.stdout, () => session.stderr]) {
    assertThrows(use, InvalidOptionError, "read by somebody else");
  }
  await assertRejects(() => session.output(), InvalidOptionError, "read by somebody else");
  await server.send(frame(1, "out"));
  server.close();
  await forwarding;
  assertEquals(stdout.got, ["out"]);
});

Deno.test("a session that is left waits for the answer that its end has asked for", async () => {
  const answered = Promise.withResolvers<ExitStatus>();
  const { session, server } = open({
    exited: async (outputEnded) => {
      await outputEnded;
      return await answered.promise;
    },
  });
  server.close();
  const reading = session.stdout.getReader().read();
  // It is not known yet whether the process has ended, or the connection was cut.
  assertEquals(await settled(reading), false);
  const left = session[Symbol.asyncDispose]();
  assertEquals(await settled(left), false);
  answered.resolve(EXITED);
  await left;
  assertEquals((await reading).done, true);
});

Deno.test("a stream whose connection was cut does not end as one that is whole", async () => {
  const lost = new ConnectionLostError("the engine ended the output while the container ran");
  const { session, server } = open({
    exited: async (outputEnded) => {
      await outputEnded;
      throw lost;
    },
  });
  const [stdout, stderr] = [session.stdout.getReader(), session.stderr!.getReader()];
  await server.send(frame(1, "out"));
  assertEquals(text((await stdout.read()).value!), "out");
  server.close();
  assertEquals(await assertRejects(() => stdout.read()), lost);
  assertEquals(await assertRejects(() => stderr.read()), lost);
  assertEquals(await assertRejects(() => session.status), lost);
});

Deno.test("forward() after stdout was asked for takes what is in the streams", async () => {
  const { session, server } = open();
  const unused = session.stdout;
  assertEquals(unused.locked, false);
  const [stdout, stderr] = [sink(), sink()];
  await server.send(join([frame(1, "out"), frame(2, "err")]));
  server.close();
  await session.forward({ stdout, stderr });
  assertEquals([stdout.got.join(""), stderr.got.join("")], ["out", "err"]);
});

Deno.test("a size is passed on, and one that cannot be is refused before", async () => {
  const { session, log } = open();
  await session.resize({ rows: 1, columns: 65535 });
  assertEquals(log, [{ rows: 1, columns: 65535 }]);
  for (const value of [0, -1, 1.5, NaN, Infinity, 65536]) {
    const rows = () => session.resize({ rows: value, columns: 80 });
    await assertRejects(rows, InvalidOptionError, `rows (${value})`);
    const columns = () => session.resize({ rows: 24, columns: value });
    await assertRejects(columns, InvalidOptionError, `columns (${value})`);
  }
  assertEquals(log.length, 1);
});

Deno.test("a signal is passed on, SIGTERM if none is named; other names are refused", async () => {
  const { session, log } = open();
  await session.kill();
  await session.kill("SIGINT");
  assertEquals(log, ["SIGTERM", "SIGINT"]);
  for (const name of ["TERM", "SIG", "SIGTERM; reboot", "9"]) {
    const kill = () => session.kill(name as Deno.Signal);
    await assertRejects(kill, InvalidOptionError, name);
  }
  assertEquals(log.length, 2);
});

Deno.test("a status that fails is nobody's crash, and everybody's who asks", async () => {
  const failure = new Error("the wait failed");
  const { session, log } = open({ exited: () => Promise.reject(failure) });
  await turns();
  assertEquals(await assertRejects(() => session.status), failure);
  assertEquals(log, ["released"]);
});
