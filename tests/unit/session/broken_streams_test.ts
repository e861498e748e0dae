import { assertEquals } from "@std/assert";
import { HijackedSession } from "../../../src/session/hijacked_session.ts";
import { payloadReader } from "../../../src/session/output.ts";
import { streamConnection } from "../../../src/transport/stream_connection.ts";
import { ByteReader } from "../../../src/http/byte_reader.ts";
import { bytes, frame } from "../../fakes/bytes.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { hijackedSession } from "../../fakes/hijacked.ts";
import { settled, turns } from "../../fakes/turns.ts";

Deno.test("an output that cannot be written where it is inherited ends the session, with the reason", async () => {
  const [client, server] = connectionPair();
  const broken = { write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) };
  const session = hijackedSession({
    connection: client,
    read: payloadReader(client, true),
    stdin: null,
    targets: { stdout: broken, stderr: "null" },
  });
  const status = session.status;
  status.catch(() => {});
  await server.send(frame(1, "x"));
  server.close();
  assertEquals(await settled(status), true);
});

Deno.test("abort over a stream connection fails the output with the reason", async () => {
  const far = new TransformStream<Uint8Array, Uint8Array>();
  const connection = streamConnection(far.readable, new WritableStream(), () => {});
  const abort = new AbortController();
  const session = new HijackedSession({
    id: "x",
    tty: true,
    connection,
    read: payloadReader(new ByteReader(connection), false),
    stdin: null,
    exited: async (ended) => {
      await ended;
      return { reason: "exited", code: 0 };
    },
    resize: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    release: () => {},
    signal: abort.signal,
  });
  session.status.catch(() => {});
  const reading = session.stdout.getReader().read().then((r) => `done ${r.done}`, (e) => e.message);
  await turns();
  abort.abort(new Error("enough"));
  assertEquals(await reading, "enough");
  bytes("");
});
