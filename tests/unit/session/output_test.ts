import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { forwardOutput, payloadReader } from "../../../src/session/output.ts";
import { outputStreams, type Targets } from "../../../src/session/output_streams.ts";
import { bytes, cuts, frame, join, text } from "../../fakes/bytes.ts";
import { connectionPair, piecesConnection } from "../../fakes/connection_pair.ts";
import { settled, turns } from "../../fakes/turns.ts";

/** How much of a stream may lie unread, and how much is read at once. */
const MOST = (256 + 64) * 1024;

/** Output streams over a connection, and the engine's end of that. */
function streams({ tty = false, targets }: { tty?: boolean; targets?: Targets } = {}) {
  const [client, server] = connectionPair();
  const output = outputStreams(payloadReader(client, !tty), tty, targets);
  return { ...output, client, server };
}

/** The one stream that there is with a tty. */
function oneStream() {
  const { stdout, stderr, ...rest } = streams({ tty: true });
  assert(stdout !== null && stderr === null);
  return { ...rest, stdout };
}

/** The streams without a tty. */
function twoStreams() {
  const { stdout, stderr, ...rest } = streams();
  assert(stdout !== null && stderr !== null);
  return { ...rest, stdout, stderr };
}

/** Reads a stream to its end. */
async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null): Promise<string> {
  assert(stream !== null);
  return await new Response(stream).text();
}

Deno.test("stdout and stderr come apart, at every cut", async () => {
  const whole = join([frame(1, "out"), frame(2, "err"), frame(1, "!")]);
  for (const pieces of cuts(whole)) {
    const { stdout, stderr } = outputStreams(payloadReader(piecesConnection(pieces), true), false);
    assertEquals(await Promise.all([read(stdout), read(stderr)]), ["out!", "err"]);
  }
});

Deno.test("with a tty there is one stream, and nothing in it is taken for a frame", async () => {
  const { stdout, server } = oneStream();
  await server.send(frame(2, "raw"));
  server.close();
  assertEquals(await read(stdout), text(frame(2, "raw")));
});

Deno.test("a multiplexed stream with a tty goes to stdout, all of it", async () => {
  const pieces = [frame(2, "err"), frame(1, "out")];
  const { stdout } = outputStreams(payloadReader(piecesConnection(pieces), true), true);
  assertEquals(await read(stdout), "errout");
});

Deno.test("while a sink takes a piece the next one is read, and no more", async () => {
  const [client, server] = connectionPair();
  const taken: string[] = [];
  const go = Promise.withResolvers<void>();
  const write = async (bytes: Uint8Array) => {
    taken.push(text(bytes));
    await go.promise;
  };
  const forwarded = forwardOutput(payloadReader(client, true), {
    stdout: { write },
    stderr: { write },
  });
  const pieces = ["one", "two", "three"].map((piece, at) => frame(1 + at % 2, piece));
  for (const piece of pieces) {
    await server.send(piece);
    await turns();
  }
  assertEquals([taken, client.unread], [["one"], pieces[2].length]);
  go.resolve();
  await server.closeWrite();
  await forwarded;
  assertEquals(taken, ["one", "two", "three"]);
});

Deno.test("what came before the stream failed is written before that is told", async () => {
  const [client, server] = connectionPair();
  const go = Promise.withResolvers<void>();
  const sink = { write: () => go.promise };
  const forwarded = forwardOutput(payloadReader(client, true), { stdout: sink, stderr: sink });
  await server.send(frame(1, "out"));
  await turns();
  await server.send(bytes("no frames"));
  assertEquals(await settled(forwarded), false);
  go.resolve();
  await assertRejects(() => forwarded, ProtocolError);
});

Deno.test("a sink that fails is told at once, though nothing more comes", async () => {
  const [client, server] = connectionPair();
  const fails = { write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) };
  const forwarded = forwardOutput(payloadReader(client, false), { stdout: fails, stderr: fails });
  await server.send(bytes("out"));
  await assertRejects(() => forwarded, Deno.errors.BrokenPipe);
});

Deno.test("a piece that is transferred takes none of its read along", async () => {
  const size = 1500;
  const transferred = Promise.withResolvers<void>();
  let got = "";
  const stderr = {
    async write(piece: Uint8Array) {
      got += text(piece);
      await transferred.promise;
    },
  };
  // All in one read of 2048 bytes.
  const rest = "e".repeat(2048 - size - 4 * 8 - 2);
  const large = frame(1, new Uint8Array(size));
  const whole = join([large, frame(2, "!"), frame(1, "x"), frame(2, rest)]);
  const targets = { stdout: "piped" as const, stderr };
  const read = payloadReader(piecesConnection([whole]), true);
  const { stdout } = outputStreams(read, false, targets);
  const sizes = [];
  for await (const piece of stdout!) {
    sizes.push(structuredClone(piece, { transfer: [piece.buffer] }).length);
    transferred.resolve();
  }
  assertEquals([sizes, got], [[size, 1], `!${rest}`]);
});

Deno.test("no more is read than a reader may leave unread", async () => {
  const { client, server } = oneStream();
  const total = 4 * 1024 * 1024;
  await server.send(new Uint8Array(total));
  await turns();
  assertGreater(client.unread, total - MOST - 1);
  assertGreater(total, client.unread);
});

Deno.test("a slow reader gets everything, and more is read as it reads", async () => {
  const { stdout, client, server } = oneStream();
  const total = 4 * 1024 * 1024;
  await server.send(new Uint8Array(total).fill(0x61));
  await server.closeWrite();
  let got = 0;
  for await (const piece of stdout) {
    got += piece.length;
    assert(piece.every((byte) => byte === 0x61));
    assertGreater(client.unread + 1, total - got - MOST);
    await turns(1);
  }
  assertEquals(got, total);
});

Deno.test("stdout waits while stderr is full and unread, and goes on when that is read", async () => {
  const { stdout, stderr, client, server } = twoStreams();
  const total = 4 * 1024 * 1024;
  await server.send(join([frame(2, new Uint8Array(total)), frame(1, "after")]));
  await server.closeWrite();
  const reading = read(stdout);
  assertEquals(await settled(reading), false);
  assertGreater(client.unread, total - 2 * MOST);
  const [out, err] = await Promise.all([reading, read(stderr)]);
  assertEquals([out, err.length], ["after", total]);
});

for (const cancelled of ["stdout", "stderr"] as const) {
  Deno.test(`after ${cancelled} is cancelled the other one goes on to the end`, async () => {
    const output = twoStreams();
    await output[cancelled].cancel();
    const pieces = [frame(1, "out"), frame(2, "err"), frame(1, new Uint8Array(MOST))];
    await output.server.send(join([...pieces, frame(2, new Uint8Array(MOST)), frame(1, "!")]));
    await output.server.closeWrite();
    const content = await read(cancelled === "stdout" ? output.stderr : output.stdout);
    assertEquals(content.length, MOST + (cancelled === "stdout" ? 3 : 4));
  });
}

Deno.test("a stream that is cancelled while it is full lets the other one go on", async () => {
  const { stdout, stderr, server } = twoStreams();
  await server.send(join([frame(1, new Uint8Array(2 * MOST)), frame(2, "err")]));
  await server.closeWrite();
  const reading = read(stderr);
  assertEquals(await settled(reading), false);
  await stdout.cancel();
  assertEquals(await reading, "err");
});

Deno.test("with both cancelled the output is read to its end and dropped", async () => {
  const { stdout, stderr, client, server } = twoStreams();
  await Promise.all([stdout.cancel(), stderr.cancel()]);
  await server.send(frame(1, new Uint8Array(4 * MOST)));
  await server.closeWrite();
  await turns();
  assertEquals(client.unread, 0);
});

Deno.test("a broken stream fails on both sides", async () => {
  const { stdout, stderr, server } = twoStreams();
  await server.send(bytes("no frames"));
  await assertRejects(() => read(stdout), ProtocolError);
  await assertRejects(() => read(stderr), ProtocolError);
});

Deno.test("a stream that ends inside a frame fails", async () => {
  const { stdout, server } = twoStreams();
  await server.send(frame(1, "half", 8));
  await server.closeWrite();
  await assertRejects(() => read(stdout), ProtocolError, "cut short");
});

Deno.test("sinks get everything in its order, one write after the other", async () => {
  const read = payloadReader(
    piecesConnection([join([frame(1, "a"), frame(2, "b")]), frame(1, "c")]),
    true,
  );
  const log: string[] = [];
  let busy = false;
  const sink = (name: string) => ({
    write: async (content: Uint8Array) => {
      assertEquals(busy, false);
      busy = true;
      await turns(1);
      log.push(`${name} ${text(content)}`);
      busy = false;
    },
  });
  await forwardOutput(read, { stdout: sink("out"), stderr: sink("err") });
  assertEquals(log, ["out a", "err b", "out c"]);
});

Deno.test("nothing more is read while a sink is busy", async () => {
  const [client, server] = connectionPair();
  await server.send(new Uint8Array(4 * 1024 * 1024));
  const stuck = { write: () => new Promise<void>(() => {}) };
  forwardOutput(payloadReader(client, false), { stdout: stuck, stderr: stuck });
  await turns();
  assertGreater(client.unread, 3 * 1024 * 1024);
});

Deno.test("a sink that fails ends the forwarding with its error", async () => {
  const read = payloadReader(piecesConnection(["a"]), false);
  const failure = new Deno.errors.BrokenPipe("gone");
  const broken = { write: () => Promise.reject(failure) };
  const forwarding = () => forwardOutput(read, { stdout: broken, stderr: broken });
  assertEquals(await assertRejects(forwarding), failure);
});

Deno.test("a stream that goes elsewhere is none, and goes there in its order", async () => {
  const log: string[] = [];
  const sink = {
    write: async (content: Uint8Array) => {
      await turns(1);
      log.push(text(content));
    },
  };
  const { stdout, stderr, server } = streams({ targets: { stdout: sink, stderr: "piped" } });
  assertEquals(stdout, null);
  await server.send(join([frame(1, "one"), frame(2, "err"), frame(1, "two")]));
  await server.closeWrite();
  assertEquals(await read(stderr), "err");
  assertEquals(log, ["one", "two"]);
});

Deno.test("a stream that goes nowhere is dropped, and the other one does not wait for it", async () => {
  const { stdout, stderr, server } = streams({ targets: { stdout: "piped", stderr: "null" } });
  assertEquals(stderr, null);
  await server.send(join([frame(2, new Uint8Array(4 * MOST)), frame(1, "out")]));
  await server.closeWrite();
  assertEquals(await read(stdout), "out");
});

Deno.test("where nothing is piped the output is read to its end all the same", async () => {
  for (const tty of [true, false]) {
    const targets = { stdout: "null", stderr: "null" } as const;
    const { stdout, stderr, client, server } = streams({ tty, targets });
    assertEquals([stdout, stderr], [null, null]);
    await server.send(frame(1, new Uint8Array(4 * MOST)));
    await turns();
    assertEquals(client.unread, 0);
  }
});

Deno.test("with a tty everything goes where stdout goes", async () => {
  const got: string[] = [];
  const sink = { write: (content: Uint8Array) => void got.push(text(content)) };
  const { server } = streams({ tty: true, targets: { stdout: sink, stderr: "null" } });
  await server.send("raw");
  await turns();
  assertEquals(got, ["raw"]);
});
