import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DemultiplexStream } from "@dockerpty/dockerpty";
import { ProtocolError } from "../../src/errors.ts";
import { MultiplexedStreamDecoder, type Payload } from "../../src/stream/multiplexed_stream.ts";
import { frame, join } from "../fakes/bytes.ts";
import { cuts, pieces, property, someBytes } from "./property.ts";

const frames = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), someBytes), { maxLength: 6 });

/** Bytes that are much like frames: headers with small and huge lengths, cut off, or with rubbish. */
const almostFrames = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.nat(2), someBytes).map(([to, bytes]) => frame(to, bytes)) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.nat(4), someBytes, fc.oneof(fc.nat(40), fc.nat(0xffffffff)))
        .map(([to, bytes, length]) => frame(to, bytes, length)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  ),
  { maxLength: 5 },
).map(join);

/** What came: per byte its stream, and how it ended. */
interface Decoded {
  bytes: string[];
  end: string;
}

function decode(parts: Iterable<Uint8Array>): Decoded {
  const decoder = new MultiplexedStreamDecoder();
  const payloads: Payload[] = [];
  let end = "";
  try {
    for (const part of parts) {
      // The payloads in front of an error in the same piece are lost with it: nobody gets them.
      payloads.push(...decoder.decode(part));
    }
    decoder.end();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    end = error.message;
  }
  return { bytes: flat(payloads), end };
}

function flat(payloads: readonly Payload[]): string[] {
  return payloads.flatMap(({ stream, bytes }) => Array.from(bytes, (byte) => `${stream} ${byte}`));
}

/** The same by another way: from the whole, and a frame at a time. */
function model(whole: Uint8Array): Decoded {
  const bytes: string[] = [];
  for (let at = 0; at < whole.length;) {
    const [stream, ...zeros] = whole.slice(at, at + 4);
    if (whole.length - at < 8) return { bytes, end: "inside the header" };
    if (stream > 3 || zeros.some((zero) => zero !== 0)) return { bytes, end: "not a multiplexed" };
    const length = new DataView(whole.buffer, whole.byteOffset + at + 4).getUint32(0);
    const payload = whole.slice(at + 8, at + 8 + length);
    if (stream === 3) return { bytes, end: "the engine failed" };
    bytes.push(...Array.from(payload, (byte) => `${stream === 2 ? "stderr" : "stdout"} ${byte}`));
    if (payload.length < length) return { bytes, end: `${length - payload.length} bytes before` };
    at += 8 + length;
  }
  return { bytes, end: "" };
}

property(
  "multiplexed stream: frames of any bytes, in any pieces, come out as they went in",
  fc.tuple(frames, cuts),
  ([frames, lengths]) => {
    const whole = join(frames.map(([stream, payload]) => frame(stream, payload)));
    const expected = frames.map(([stream, bytes]): Payload => {
      return { stream: stream === 2 ? "stderr" : "stdout", bytes };
    });
    assertEquals(decode(pieces(whole, lengths)), { bytes: flat(expected), end: "" });
  },
);

property(
  "multiplexed stream: any bytes, a byte at a time, are what a naive decoder makes of the whole",
  almostFrames,
  (whole) => {
    const { bytes, end } = decode(Array.from(whole, (byte) => Uint8Array.of(byte)));
    const expected = model(whole);
    assertEquals(bytes, expected.bytes);
    assertEquals(end.includes(expected.end) && (end === "") === (expected.end === ""), true, end);
  },
);

property(
  "multiplexed stream: any bytes end the same way, however they are cut",
  fc.tuple(almostFrames, cuts),
  ([whole, lengths]) => {
    const once = decode([whole]);
    const cut = decode(pieces(whole, lengths));
    assertEquals(cut.end, once.end);
    // In front of an error more comes out of smaller pieces, and never anything else.
    assertEquals(cut.bytes.slice(0, once.bytes.length), once.bytes);
    if (once.end === "") assertEquals(cut.bytes, once.bytes);
  },
);

property(
  "multiplexed stream: joined, it is the same in fewer payloads",
  fc.tuple(frames, cuts),
  ([frames, lengths]) => {
    const whole = join(frames.map(([stream, payload]) => frame(stream, payload)));
    const decoder = new MultiplexedStreamDecoder({ join: true });
    const joined = [...pieces(whole, lengths)].map((piece) => decoder.decode(piece.slice()));
    assertEquals(flat(joined.flat()), decode([whole]).bytes);
    for (const payloads of joined) {
      const twice = payloads.findIndex(({ stream }, at) => payloads[at + 1]?.stream === stream);
      assertEquals(twice, -1, "two payloads of one stream follow each other");
    }
  },
);

property(
  "multiplexed stream: as a Web Stream it gives the same",
  fc.tuple(frames, cuts),
  async ([frames, lengths]) => {
    const whole = join(frames.map(([stream, payload]) => frame(stream, payload)));
    const payloads: Payload[] = [];
    const parts = ReadableStream.from(pieces(whole, lengths)).pipeThrough(new DemultiplexStream());
    for await (const payload of parts) payloads.push(payload);
    assertEquals(flat(payloads), decode([whole]).bytes);
  },
);
