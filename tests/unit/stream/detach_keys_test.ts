import { assertEquals, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../../src/errors.ts";
import { DetachKeysDetector, parseDetachKeys } from "../../../src/stream/detach_keys.ts";
import { bytes, cuts, join, single, text } from "../../fakes/bytes.ts";
import { Random } from "../../fakes/random.ts";

const SEQUENCES: Record<string, number[]> = {
  "": [16, 17],
  "none": [],
  "ctrl-p,ctrl-q": [16, 17],
  "ctrl-a,a": [1, 97],
  "DEL,+": [127, 43],
  "ctrl-@,ctrl-[,~,ctrl-o": [0, 27, 126, 15],
  "ctrl-\\,ctrl-],ctrl-^,ctrl-_": [28, 29, 30, 31],
  "ctrl-z": [26],
  "n,o,n,e": [110, 111, 110, 101],
  " ,\t": [32, 9],
};

for (const [keys, sequence] of Object.entries(SEQUENCES)) {
  Deno.test(`the detach keys ${JSON.stringify(keys)} are the bytes [${sequence}]`, () => {
    assertEquals(parseDetachKeys(keys), bytes(sequence));
  });
}

const INVALID = ["shift-z", "ctrl-", "ctrl-1", "ctrl-ab", "a,", ",a", ",", "é", "del", "a,none"];

for (const keys of INVALID) {
  Deno.test(`the detach keys ${JSON.stringify(keys)} are refused, and shown`, () => {
    assertThrows(() => parseDetachKeys(keys), InvalidOptionError, `invalid detach keys (${keys})`);
  });
}

/** Types in pieces; tells what came through in all, and whether that detached. */
function type(sequence: string | readonly number[], pieces: Iterable<Uint8Array | string>) {
  const detector = new DetachKeysDetector(bytes(sequence));
  const output = [];
  for (const piece of pieces) {
    const fed = detector.feed(typeof piece === "string" ? bytes(piece) : piece);
    // The output is a view, which the next key may change.
    output.push(fed.output.slice());
    if (fed.detached) return { output: text(join(output)), detached: true };
  }
  output.push(detector.flush().slice());
  return { output: text(join(output)), detached: false };
}

Deno.test("the sequence detaches, and what was typed behind it goes nowhere", () => {
  assertEquals(type("abc", ["xabcabc"]), { output: "x", detached: true });
  assertEquals(type("abcd", ["ab", "cd"]), { output: "", detached: true });
  assertEquals(type("a", ["a"]), { output: "", detached: true });
});

Deno.test("a beginning of the sequence arrives once it is contradicted, or at the end", () => {
  assertEquals(type("abc", ["aba\r"]), { output: "aba\r", detached: false });
  assertEquals(type("abc", ["ab"]), { output: "ab", detached: false });
});

Deno.test("ctrl-p a ctrl-p ctrl-q: the first two arrive, and then it detaches", () => {
  assertEquals(type([16, 17], [bytes([16]), "a", bytes([16, 17])]), {
    output: "\x10a",
    detached: true,
  });
});

Deno.test("a repeated first key does not defeat the sequence", () => {
  for (const pieces of [[bytes([16, 16, 17])], single(bytes([16, 16, 17]))]) {
    assertEquals(type([16, 17], pieces), { output: "\x10", detached: true });
  }
});

Deno.test("a sequence that overlaps itself is found, however it is cut", () => {
  for (const [sequence, typed] of [["aab", "aaab"], ["abab", "ababab"], ["aabaac", "aabaabaac"]]) {
    const expected = { output: typed.slice(0, -sequence.length), detached: typed !== "ababab" };
    // In ababab the sequence ends before the last two keys.
    const first = { output: "", detached: true };
    for (const pieces of cuts(bytes(typed))) {
      assertEquals(type(sequence, pieces), typed === "ababab" ? first : expected);
    }
  }
});

Deno.test("with no sequence nothing is held back and nothing detaches", () => {
  const detector = new DetachKeysDetector(new Uint8Array());
  const typed = bytes([16, 17, 0]);
  assertEquals(detector.feed(typed), { output: typed, detached: false });
  assertEquals(detector.holding, false);
  assertEquals(detector.flush(), new Uint8Array());
});

Deno.test("what is held back is given up by a flush, once", () => {
  const detector = new DetachKeysDetector(bytes("ab"));
  assertEquals(text(detector.feed(bytes("xa")).output), "x");
  assertEquals(detector.holding, true);
  assertEquals(text(detector.flush()), "a");
  assertEquals(detector.holding, false);
  assertEquals(text(detector.flush()), "");
  assertEquals(text(detector.feed(bytes("x")).output), "x");
});

Deno.test("a sequence whose beginning was given up detaches still, however slowly it is typed", () => {
  const detector = new DetachKeysDetector(bytes("abc"));
  detector.feed(bytes("a"));
  assertEquals(text(detector.flush()), "a");
  assertEquals(detector.feed(bytes("b")), { output: bytes(""), detached: false });
  assertEquals(text(detector.flush()), "b");
  assertEquals(detector.feed(bytes("c")), { output: bytes(""), detached: true });
});

/** A sequence and keys of two letters, so that the one often begins in the other. */
function letters(random: Random) {
  const some = (most: number) => random.bytes(most, 2).map((byte) => byte + 97);
  return { sequence: join([bytes("a"), some(5)]), typed: some(30) };
}

Deno.test("any keys and any sequence: the same as looking for the sequence in all that was typed", () => {
  const random = new Random();
  for (let round = 0; round < 5000; round++) {
    const { sequence, typed } = letters(random);
    const at = text(typed).indexOf(text(sequence));
    const expected = at === -1
      ? { output: text(typed), detached: false }
      : { output: text(typed).slice(0, at), detached: true };
    const message = `seed ${random.seed}, round ${round}: ${text(typed)} for ${text(sequence)}`;
    assertEquals(type(text(sequence), random.pieces(typed)), expected, message);
  }
});

Deno.test("any keys, any pauses: only what may begin the sequence is held, and nothing is lost", () => {
  const random = new Random();
  for (let round = 0; round < 5000; round++) {
    const { sequence, typed } = letters(random);
    const detector = new DetachKeysDetector(sequence);
    let [seen, sent, given] = ["", "", 0];
    for (const piece of random.pieces(typed)) {
      const { output, detached } = detector.feed(piece);
      seen += text(piece);
      sent += text(output);
      const message = `seed ${random.seed}, round ${round}: ${seen} for ${text(sequence)}`;
      const at = seen.indexOf(text(sequence));
      assertEquals(detached, at !== -1, message);
      // What was given up in a pause has been sent, whether it belongs to the sequence or not.
      const expected = detached ? Math.max(at, given) : heldFrom(seen, text(sequence), given);
      assertEquals(sent, seen.slice(0, expected), message);
      assertEquals(detector.holding, !detached && sent !== seen, message);
      if (detached) break;
      if (random.below(3) === 0) {
        sent += text(detector.flush());
        assertEquals(sent, seen, message);
        given = seen.length;
      }
    }
  }
});

/** Where that begins, in what was typed, which is to be held back; nothing before `given` is. */
function heldFrom(typed: string, sequence: string, given: number): number {
  for (let at = 0; at < typed.length; at++) {
    if (sequence.startsWith(typed.slice(at))) return Math.max(at, given);
  }
  return typed.length;
}
