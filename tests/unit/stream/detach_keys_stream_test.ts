import { assertEquals, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../../src/errors.ts";
import { DetachKeysStream } from "../../../src/stream/detach_keys_stream.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { turns } from "../../fakes/turns.ts";

/** A stream under a clock that stands still, with what has come through it so far. */
function typing(keys?: string, holdTime?: number) {
  const clock = new FakeClock();
  const stream = new DetachKeysStream(keys, { timers: clock, holdTime });
  const writer = stream.writable.getWriter();
  writer.closed.catch(() => {});
  const sent: string[] = [];
  const reader = stream.readable.getReader();
  const end = (async () => {
    for (let read; !(read = await reader.read()).done;) sent.push(text(read.value));
  })();
  const type = async (typed: string) => {
    writer.write(bytes(typed)).catch(() => {});
    await turns(1);
  };
  return { clock, stream, writer, reader, sent, end, type };
}

Deno.test("the keys end the stream; what was typed before them has come through", async () => {
  const { stream, sent, end, type, clock } = typing();
  await type("ls\n");
  assertEquals(stream.detached, false);
  await type("x\x10\x11y");
  await end;
  assertEquals(sent, ["ls\n", "x"]);
  assertEquals(stream.detached, true);
  assertEquals(clock.pending, 0);
});

Deno.test("a key that may begin the sequence is sent on after 500 ms", async () => {
  const { sent, type, clock } = typing();
  await type("\x10");
  assertEquals(clock.delays, [500]);
  clock.advance(499);
  await turns(1);
  assertEquals(sent, []);
  clock.advance(1);
  await turns(1);
  assertEquals(sent, ["\x10"]);
  await type("a");
  assertEquals(sent, ["\x10", "a"]);
});

Deno.test("a sequence that is typed slowly detaches, though its beginning has come through", async () => {
  const { sent, type, clock, stream, end } = typing();
  await type("\x10");
  clock.advance(500);
  await type("\x11");
  await end;
  assertEquals(sent, ["\x10"]);
  assertEquals(stream.detached, true);
});

Deno.test("each key typed begins the time anew, and one that contradicts ends it", async () => {
  const { sent, type, clock, stream } = typing("a,a,b");
  await type("a");
  clock.advance(400);
  await type("a");
  clock.advance(400);
  await type("a");
  assertEquals([sent, clock.pending], [["a"], 1]);
  await type("x");
  assertEquals([sent, clock.pending], [["a", "aax"], 0]);
  await type("aa");
  clock.advance(499);
  await type("b");
  assertEquals(stream.detached, true);
});

Deno.test("the time can be chosen", async () => {
  const { type, clock } = typing("", 50);
  await type("\x10");
  assertEquals(clock.delays, [50]);
  clock.advance(50);
});

Deno.test("at the end of what is typed, what is held back is sent on at once", async () => {
  const { stream, writer, sent, end, type, clock } = typing();
  await type("a\x10");
  await writer.close();
  await end;
  assertEquals(sent, ["a", "\x10"]);
  assertEquals([stream.detached, clock.pending], [false, 0]);
});

Deno.test("a stream that is cancelled or aborted leaves no call behind", async () => {
  const cancelled = typing();
  await cancelled.type("\x10");
  await cancelled.reader.cancel();
  assertEquals(cancelled.clock.pending, 0);
  const aborted = typing();
  await aborted.type("\x10");
  aborted.end.catch(() => {});
  await aborted.writer.abort(new Error("enough"));
  assertEquals(aborted.clock.pending, 0);
});

Deno.test("with none everything comes through at once", async () => {
  const { sent, type, clock } = typing("none");
  await type("\x10\x11");
  assertEquals(sent, ["\x10\x11"]);
  assertEquals(clock.delays, []);
});

Deno.test("what comes through is a copy: the buffer it was typed into may be used again", async () => {
  const stream = new DetachKeysStream("", { timers: new FakeClock() });
  const reading = stream.readable.getReader().read();
  const buffer = bytes("first");
  await stream.writable.getWriter().write(buffer);
  buffer.fill(0x58);
  assertEquals(text((await reading).value!), "first");
});

Deno.test("keys that cannot be are refused when the stream is made", () => {
  assertThrows(() => new DetachKeysStream("shift-z"), InvalidOptionError, "shift-z");
});
