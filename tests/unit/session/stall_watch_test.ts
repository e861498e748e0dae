import { assertEquals, assertMatch } from "@std/assert";
import { payloadReader } from "../../../src/session/output.ts";
import { outputStreams } from "../../../src/session/output_streams.ts";
import { StallWatch } from "../../../src/session/stall_watch.ts";
import { frame } from "../../fakes/bytes.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";
import { turns } from "../../fakes/turns.ts";

const STALL_TIME = 5000;
const BLOCK = "x".repeat(64 * 1024);

/** Streams whose process writes more to one of them than lies unread. */
async function flooded(stream: 1 | 2) {
  const clock = new FakeClock();
  const told: string[] = [];
  const held = { ends: false };
  const timers = { ...clock, unref: () => void (held.ends = true) };
  const watch = new StallWatch({ timers, warn: (message) => void told.push(message) });
  const [client, server] = connectionPair();
  const { stdout, stderr } = outputStreams(
    payloadReader(client, true),
    false,
    undefined,
    undefined,
    watch,
  );
  const flooding = (async () => {
    for (let block = 0; block < 12; block++) await server.send(frame(stream, BLOCK));
  })();
  flooding.catch(() => {});
  await turns();
  return { clock, told, held, watch, server, stdout: stdout!, stderr: stderr! };
}

Deno.test("stall: stdout's reader is told, once, that nobody reads stderr", async () => {
  const { clock, told, stdout } = await flooded(2);
  const reading = stdout.getReader().read();
  reading.catch(() => {});
  await turns();
  clock.advance(STALL_TIME - 1);
  assertEquals(told, []);
  clock.advance(1);
  assertEquals(told.length, 1);
  assertMatch(
    told[0],
    /a session's stderr is full, nobody has read it for 5 seconds, and its stdout gets no more .*stderr: "null"/,
  );
  clock.advance(10 * STALL_TIME);
  assertEquals([told.length, clock.pending], [1, 0]);
});

Deno.test("stall: the other way about", async () => {
  const { clock, told, stderr } = await flooded(1);
  stderr.getReader().read().catch(() => {});
  await turns();
  clock.advance(STALL_TIME);
  assertMatch(
    told.join(),
    /a session's stdout is full, .* its stderr gets no more .*stdout: "null"/,
  );
});

Deno.test("stall: whoever waits for the status is told, also if that came later", async () => {
  const { clock, told, held, watch } = await flooded(1);
  clock.advance(STALL_TIME);
  assertEquals([told, held.ends], [[], true], "a program that waits for nothing may end");
  watch.statusAsked();
  clock.advance(STALL_TIME);
  assertMatch(told.join(), /a session's stdout is full, .* how it ends is not known/);
});

Deno.test("stall: a status that is known is waited for by nobody", async () => {
  const { clock, told, held, watch } = await flooded(1);
  watch.statusAsked();
  clock.advance(STALL_TIME - 1);
  held.ends = false;
  watch.statusKnown();
  assertEquals(held.ends, true, "a program whose session has ended may end");
  clock.advance(10 * STALL_TIME);
  assertEquals(told, []);
});

Deno.test("stall: whoever waits for input to be taken is told", async () => {
  const { clock, told, watch } = await flooded(1);
  const waiting = watch.inputWaits();
  clock.advance(STALL_TIME);
  assertMatch(told.join(), /a session's stdout is full, .* its stdin takes no more until/);
  waiting[Symbol.dispose]();

  const taken = await flooded(1);
  taken.watch.inputWaits()[Symbol.dispose]();
  taken.clock.advance(10 * STALL_TIME);
  assertEquals(taken.told, []);
  taken.watch.end();
});

Deno.test("stall: a stream that is piped on, and not read at the other end, is full as well", async () => {
  const { clock, told, stdout, stderr } = await flooded(2);
  const lines = stderr.pipeThrough(new TextDecoderStream());
  stdout.getReader().read().catch(() => {});
  await turns();
  clock.advance(STALL_TIME);
  assertMatch(told.join(), /a session's stderr is full, .* its stdout gets no more/);
  await lines.cancel();
});

Deno.test("stall: a reader that takes its time is none, while nobody waits for the other one", async () => {
  const { clock, told, watch, stderr } = await flooded(2);
  watch.statusAsked();
  const err = stderr.getReader();
  await turns();
  clock.advance(10 * STALL_TIME);
  assertEquals(told, []);
  await err.cancel();
});

Deno.test("stall: reading on in time, or a session that is over, ends the watch", async () => {
  const { clock, told, watch, stdout, stderr } = await flooded(2);
  stdout.getReader().read().catch(() => {});
  await turns();
  clock.advance(STALL_TIME - 1);
  const reader = stderr.getReader();
  for (let left = 12 * BLOCK.length; left > 0;) left -= (await reader.read()).value!.length;
  await turns();
  assertEquals([told, clock.pending], [[], 0]);

  const other = await flooded(2);
  assertEquals(other.clock.pending, 1);
  other.watch.end();
  assertEquals(other.clock.pending, 0);
  watch.end();
});
