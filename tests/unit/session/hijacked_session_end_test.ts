import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionLostError, ProtocolError } from "../../../src/errors.ts";
import { ByteReader } from "../../../src/http/byte_reader.ts";
import type { SessionParts } from "../../../src/session/hijacked_session.ts";
import { payloadReader } from "../../../src/session/output.ts";
import type { ExitStatus } from "../../../src/session/session.ts";
import { bytes, frame, text } from "../../fakes/bytes.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { hijackedSession } from "../../fakes/hijacked.ts";
import { settled, turns } from "../../fakes/turns.ts";

const DETACHED: ExitStatus = { reason: "detached" };
const NOWHERE = { stdout: { write: () => {} }, stderr: { write: () => {} } };

/** A session over a fake connection; its process runs until its output ends. */
function open(parts: Partial<SessionParts> = {}) {
  const [client, server] = connectionPair();
  const count = { released: 0 };
  const session = hijackedSession({
    connection: client,
    read: payloadReader(new ByteReader(client), true),
    release: () => count.released++,
    ...parts,
  });
  return { session, client, server, count };
}

Deno.test("detaching ends the session as detached, closes the connection and ends the output", async () => {
  const { session, client, server, count } = open();
  const forwarding = session.forward(NOWHERE);
  await server.send(frame(1, "x"));
  await turns();
  session.detach();
  await forwarding;
  assertEquals(await session.status, DETACHED);
  assertEquals([client.closeCount, count.released], [1, 1]);
  assertEquals(text(await server.receiveAll()), "");
});

Deno.test("detaching ends streams that are being read, without an error", async () => {
  const { session, server } = open();
  const output = session.output();
  await server.send(frame(1, "before"));
  await turns();
  session.detach();
  const { status, stdout } = await output;
  assertEquals([status, text(stdout)], [DETACHED, "before"]);
});

Deno.test("leaving a session tells a reader that waits for the other stream, too", async () => {
  class Reason extends Error {}
  for (const how of ["detach", "abort"]) {
    const abort = new AbortController();
    const { session, server } = open({ signal: abort.signal });
    // More than lies unread: nothing is read any more until somebody takes it.
    const flooding = (async () => {
      for (let block = 0; block < 12; block++) await server.send(frame(2, "x".repeat(65536)));
    })();
    flooding.catch(() => {});
    const reading = session.stdout.getReader().read();
    reading.catch(() => {});
    assertEquals(await settled(reading), false);
    if (how === "detach") {
      session.detach();
      assertEquals((await reading).done, true);
    } else {
      abort.abort(new Reason());
      await assertRejects(() => reading, Reason);
    }
  }
});

Deno.test("detaching twice, or from what has ended, changes nothing", async () => {
  const { session, client, server, count } = open();
  server.close();
  assertEquals(await session.status, { reason: "exited", code: 0 });
  session.detach();
  session.detach();
  assertEquals(await session.status, { reason: "exited", code: 0 });
  assertEquals([client.closeCount, count.released], [1, 1]);
});

Deno.test("disposing of a session detaches from it, and waits until all is let go of", async () => {
  const { session, client, count } = open();
  {
    await using disposed = session;
    assertEquals(disposed.id, "x");
  }
  assertEquals([client.closeCount, count.released], [1, 1]);
  assertEquals(await session.status, DETACHED);
});

Deno.test("disposing of a session that failed throws nothing", async () => {
  const { session } = open({ exited: () => Promise.reject(new Error("failed")) });
  await session[Symbol.asyncDispose]();
});

Deno.test("an abort rejects everything that waits with its reason, and closes the connection", async () => {
  const abort = new AbortController();
  const { session, client, count } = open({ signal: abort.signal });
  const status = assertRejects(() => session.status);
  const stdout = assertRejects(() => session.stdout.getReader().read());
  await turns();
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await status, reason);
  assertEquals(await stdout, reason);
  assertEquals([client.closeCount, count.released], [1, 1]);
});

Deno.test("an abort ends the forwarding with its reason", async () => {
  const abort = new AbortController();
  const { session } = open({ signal: abort.signal });
  const forwarding = assertRejects(() => session.forward(NOWHERE));
  await turns();
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await forwarding, reason);
});

Deno.test("a session that begins aborted ends at once", async () => {
  const reason = new Error("enough");
  const { session, client } = open({ signal: AbortSignal.abort(reason) });
  assertEquals(await assertRejects(() => session.status), reason);
  assertEquals(client.closeCount, 1);
});

Deno.test("an abort behind the end does nothing", async () => {
  const abort = new AbortController();
  const { session, client, server } = open({ signal: abort.signal });
  server.close();
  const status = await session.status;
  abort.abort(new Error("late"));
  assertEquals(await session.status, status);
  assertEquals(client.closeCount, 1);
});

Deno.test("a connection that breaks is lost while the process runs, wherever that is seen", async () => {
  const { session, client, server, count } = open();
  const stdout = assertRejects(() => session.stdout.getReader().read(), ConnectionLostError);
  const status = assertRejects(() => session.status, ConnectionLostError, "may still be running");
  await turns();
  server.reset();
  await stdout;
  await status;
  assertEquals([client.closeCount, count.released], [1, 1]);

  const forwarded = open();
  const forwarding = forwarded.session.forward(NOWHERE);
  forwarded.server.reset();
  await assertRejects(() => forwarding, ConnectionLostError);
  await assertRejects(() => forwarded.session.status, ConnectionLostError);
});

Deno.test("a stream that is malformed is a ProtocolError, of the status too", async () => {
  const { session, client, server } = open();
  await server.send("no frames");
  await assertRejects(() => session.output(), ProtocolError);
  await assertRejects(() => session.status, ProtocolError);
  assertEquals(client.closeCount, 1);
});

Deno.test("the status waits for whoever knows it, and not for the connection alone", async () => {
  const exited = Promise.withResolvers<ExitStatus>();
  const { session, server } = open({ exited: () => exited.promise });
  const status = session.status;
  server.close();
  assertEquals(await settled(status), false);
  exited.resolve({ reason: "exited", code: 9 });
  assertEquals(await status, { reason: "exited", code: 9 });
});

Deno.test("output that comes after the status is not lost", async () => {
  const { session, server } = open({
    exited: () => Promise.resolve({ reason: "exited", code: 0 }),
  });
  assertEquals(await session.status, { reason: "exited", code: 0 });
  await server.send(frame(1, "late"));
  server.close();
  assertEquals(text((await session.output()).stdout), "late");
});

Deno.test("a write that waits when the session is left fails", async () => {
  const [client] = connectionPair({ capacity: 1 });
  const { session } = open({
    connection: client,
    read: payloadReader(new ByteReader(client), true),
  });
  const writing = assertRejects(() => session.stdin!.getWriter().write(bytes("long")));
  await turns();
  session.detach();
  assert(await writing);
});
