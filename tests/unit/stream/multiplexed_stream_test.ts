import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { DemultiplexStream } from "../../../src/stream/demultiplex_stream.ts";
import { MultiplexedStreamDecoder, type Payload } from "../../../src/stream/multiplexed_stream.ts";
import { bytes, cuts, frame, join, single, text } from "../../fakes/bytes.ts";
import { Random } from "../../fakes/random.ts";

/** Decodes pieces up to the stream's end; tells what each of the two streams got. */
function decode(pieces: Iterable<Uint8Array>): { stdout: string; stderr: string } {
  const decoder = new MultiplexedStreamDecoder();
  const got = { stdout: "", stderr: "" };
  for (const piece of pieces) {
    for (const payload of decoder.decode(piece)) got[payload.stream] += text(payload.bytes);
  }
  decoder.end();
  return got;
}

const STREAM = join([
  frame(1, "out 1,"),
  frame(2, "err 1,"),
  frame(1, ""),
  frame(0, "in,"),
  frame(2, ""),
  frame(2, "err 2"),
  frame(1, "out 2"),
]);
const PAYLOADS = { stdout: "out 1,in,out 2", stderr: "err 1,err 2" };

Deno.test("a stream of several frames is decoded in one piece, byte by byte and at every cut", () => {
  assertEquals(decode([STREAM]), PAYLOADS);
  assertEquals(decode(single(STREAM)), PAYLOADS);
  for (const pieces of cuts(STREAM)) assertEquals(decode(pieces), PAYLOADS);
  for (const [first, rest] of cuts(STREAM)) {
    for (const pieces of cuts(rest)) assertEquals(decode([first, ...pieces]), PAYLOADS);
  }
});

Deno.test("any frames come out as they went in, however they are cut", () => {
  const random = new Random();
  for (let round = 0; round < 300; round++) {
    const expected = { stdout: "", stderr: "" };
    const frames = Array.from({ length: random.below(8) }, () => {
      const stream = random.below(3);
      const payload = random.bytes(40, 128);
      expected[stream === 2 ? "stderr" : "stdout"] += text(payload);
      return frame(stream, payload);
    });
    const got = decode(random.pieces(join(frames)));
    assertEquals(got, expected, `seed ${random.seed}, round ${round}`);
  }
});

Deno.test("a payload is handed out as it arrives, without a copy", () => {
  const decoder = new MultiplexedStreamDecoder();
  const piece = frame(1, "beg", 100);
  const payloads = decoder.decode(piece);
  assertEquals(payloads, [{ stream: "stdout", bytes: bytes("beg") }]);
  assertEquals(payloads[0].bytes.buffer, piece.buffer);
  assertEquals(decoder.decode(bytes("inning")), [{ stream: "stdout", bytes: bytes("inning") }]);
});

Deno.test("frames of no length give no payload", () => {
  const decoder = new MultiplexedStreamDecoder();
  assertEquals(decoder.decode(join([frame(1, ""), frame(2, "")])), []);
  decoder.end();
});

Deno.test("a frame that declares 4 GiB is passed on, and nothing is kept for it", () => {
  const length = 0xffff_ffff;
  const decoder = new MultiplexedStreamDecoder();
  assertEquals(decoder.decode(frame(2, "", length)), []);
  const piece = new Uint8Array(1 << 20);
  let got = 0;
  while (length - got >= piece.length) {
    const [payload, ...others] = decoder.decode(piece);
    assertEquals([payload.bytes.buffer === piece.buffer, others.length], [true, 0]);
    got += payload.bytes.length;
  }
  const rest = join([piece.subarray(0, length - got), frame(1, "next")]);
  const streams = decoder.decode(rest).map(({ stream, bytes }) => [stream, bytes.length]);
  assertEquals(streams, [["stderr", length - got], ["stdout", 4]]);
  decoder.end();
});

for (const header of [[4, 0, 0, 0], [255, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [2, 0, 0, 9]]) {
  Deno.test(`a frame that begins with ${header} is refused, and shown, at every cut`, () => {
    const broken = join([frame(1, "x"), bytes([...header, 0, 0, 0, 0])]);
    for (const pieces of cuts(broken)) {
      assertThrows(() => decode(pieces), ProtocolError, header.join(" "));
    }
  });
}

Deno.test("text where a frame should be is refused", () => {
  assertThrows(() => decode([bytes("/ # echo hi\r\n")]), ProtocolError, "47 32 35 32");
});

Deno.test("a stream that ends inside a frame is refused, wherever that is", () => {
  const whole = join([frame(1, "ab"), frame(2, "c")]);
  for (let length = 0; length <= whole.length; length++) {
    const piece = whole.subarray(0, length);
    if ([0, 10, 19].includes(length)) decode([piece]);
    else assertThrows(() => decode([piece]), ProtocolError, "cut short");
  }
});

Deno.test("an error of the engine's stops the stream, in its own words, at every cut", () => {
  const broken = join([frame(1, "x"), frame(3, "no space – left"), frame(1, "y")]);
  for (const pieces of cuts(broken)) {
    assertThrows(() => decode(pieces), ProtocolError, "no space – left");
  }
});

Deno.test("an error of the engine's that is empty, cut short or endless stops the stream too", () => {
  assertThrows(() => decode([frame(3, "")]), ProtocolError, "failed");
  assertThrows(() => decode([frame(3, "no spa", 100)]), ProtocolError, "no spa");
  const decoder = new MultiplexedStreamDecoder();
  decoder.decode(frame(3, "", 0xffff_ffff));
  assertThrows(() => {
    for (let piece = 0; piece < 100; piece++) decoder.decode(new Uint8Array(1 << 16));
  }, ProtocolError);
});

Deno.test("the Web Stream gives the payloads, and fails where the decoder does", async () => {
  const decoded = (pieces: Iterable<Uint8Array>) =>
    Array.fromAsync(ReadableStream.from(pieces).pipeThrough(new DemultiplexStream()));
  const expected: Payload[] = [
    { stream: "stderr", bytes: bytes("hi") },
    { stream: "stdout", bytes: bytes("ho") },
  ];
  assertEquals(await decoded([join([frame(2, "hi"), frame(1, "ho")])]), expected);
  await assertRejects(() => decoded([frame(2, "hi", 3)]), ProtocolError, "cut short");
  await assertRejects(() => decoded([bytes("not frames")]), ProtocolError);
});
