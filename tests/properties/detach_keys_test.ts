import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DetachKeysStream } from "@dockerpty/dockerpty";
import { InvalidOptionError } from "../../src/errors.ts";
import { DetachKeysDetector, parseDetachKeys } from "../../src/stream/detach_keys.ts";
import { agreesFrom } from "../../src/stream/prefix_function.ts";
import { text } from "../fakes/bytes.ts";
import { cuts, pieces, property, refused, wordsOf } from "./property.ts";

/** Keys of two letters, so that the one sequence often begins in the other; and keys of all kinds. */
const letters = (most: number) =>
  fc.array(fc.constantFrom(97, 98), { maxLength: most }).map((keys) => Uint8Array.from(keys));
const keysAndSequence = fc.oneof(
  fc.tuple(letters(30), letters(6)),
  fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 3 })),
).filter(([, sequence]) => sequence.length > 0);

const latin1 = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** What is sent of `typed`, and whether that leaves the session: by a look at all of it. */
function model(typed: string, sequence: string): { sent: string; detached: boolean } {
  const at = typed.indexOf(sequence);
  return at === -1
    ? { sent: typed, detached: false }
    : { sent: typed.slice(0, at), detached: true };
}

property(
  "detach keys: any keys in any pieces are what looking through all that was typed finds",
  fc.tuple(keysAndSequence, cuts),
  ([[typed, sequence], lengths]) => {
    const detector = new DetachKeysDetector(sequence);
    let sent = "";
    let detached = false;
    for (const piece of pieces(typed, lengths)) {
      const fed = detector.feed(piece);
      sent += latin1(fed.output);
      if ((detached = fed.detached)) break;
    }
    if (!detached) sent += latin1(detector.flush());
    assertEquals({ sent, detached }, model(latin1(typed), latin1(sequence)));
  },
);

property(
  "detach keys: with any pauses only what may begin the sequence is held, and nothing is lost",
  fc.tuple(keysAndSequence, cuts, fc.array(fc.boolean(), { maxLength: 12 })),
  ([[typed, sequence], lengths, pauses]) => {
    const detector = new DetachKeysDetector(sequence);
    const looked = latin1(sequence);
    let [seen, sent, given] = ["", "", 0];
    for (const [index, piece] of pieces(typed, lengths).entries()) {
      const { output, detached } = detector.feed(piece);
      seen += latin1(piece);
      sent += latin1(output);
      const at = seen.indexOf(looked);
      assertEquals(detached, at !== -1);
      // What a pause gave up has been sent, whether it belongs to the sequence or not.
      if (detached) return assertEquals(sent, seen.slice(0, Math.max(at, given)));
      // The longest end that may begin the sequence is held, but for what was given up before.
      const longest = longestBeginning(seen, looked);
      assertEquals(sent, seen.slice(0, Math.max(seen.length - longest, given)));
      assertEquals(detector.holding, sent !== seen);
      if (pauses[index] !== true) continue;
      sent += latin1(detector.flush());
      assertEquals(sent, seen);
      given = seen.length;
    }
  },
);

function longestBeginning(typed: string, sequence: string): number {
  for (let length = Math.min(typed.length, sequence.length - 1); length > 0; length--) {
    if (sequence.startsWith(typed.slice(-length))) return length;
  }
  return 0;
}

property(
  "detach keys: as a Web Stream they are found as well",
  fc.tuple(letters(30), fc.constantFrom("a", "a,b", "a,a,b", "a,b,a,b"), cuts),
  async ([typed, keys, lengths]) => {
    const timers = { set: () => undefined, clear: () => {} };
    const stream = new DetachKeysStream(keys, { timers });
    const parts = ReadableStream.from(pieces(typed, lengths).filter(({ length }) => length > 0));
    let sent = "";
    for await (const bytes of parts.pipeThrough(stream)) sent += text(bytes);
    const expected = model(text(typed), keys.replaceAll(",", ""));
    assertEquals({ sent, detached: stream.detached }, expected);
  },
);

const key = fc.oneof(
  fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz@[\\]^_").map((letter): [string, number] => {
    return [`ctrl-${letter}`, letter.toUpperCase().charCodeAt(0) - 64];
  }),
  fc.integer({ min: 0, max: 127 }).filter((code) => code !== 0x2c)
    .map((code): [string, number] => [String.fromCharCode(code), code]),
  fc.constant<[string, number]>(["DEL", 127]),
);

property(
  "detach keys: any list of keys is read as the bytes that a terminal sends for them",
  fc.array(key, { minLength: 1, maxLength: 6 }),
  (keys) => {
    const written = keys.map(([name]) => name).join(",");
    assertEquals([...parseDetachKeys(written)], keys.map(([, code]) => code));
  },
);

property(
  "detach keys: any other text is refused, and by no other error",
  wordsOf("ctrl-", "a", "@", ",", "DEL", "none", "^", "ctrl", "-", "é", " ", "A"),
  (written) => {
    refused([InvalidOptionError], () => parseDetachKeys(written));
  },
);

property(
  "overlaps: where one begins to agree with the other, by trying all places",
  fc.tuple(letters(20), letters(6)),
  ([first, second]) => {
    const agrees = (at: number) => {
      const rest = latin1(first).slice(at), sought = latin1(second);
      return rest.startsWith(sought) || sought.startsWith(rest);
    };
    let place = second.length === 0 ? first.length : 0;
    while (!agrees(place)) place++;
    assertEquals(agreesFrom(first, second), place);
  },
);
