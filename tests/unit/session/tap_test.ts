import { assertEquals, assertThrows } from "@std/assert";
import { type Tap, Taps } from "../../../src/session/tap.ts";
import { bytes, text } from "../../fakes/bytes.ts";

class Reason extends Error {}

/** Taps with one that writes down what it is told. */
function open(ended: Tap["ended"] = () => {}) {
  const told: unknown[] = [];
  const taps = new Taps();
  taps.add({
    output: ({ stream, bytes }) => void told.push(`${stream} ${text(bytes)}`),
    outputEnded: () => void told.push("output ended"),
    ended: (status) => {
      told.push(status);
      ended(status);
    },
  });
  return { taps, told };
}

const exited = { reason: "exited", code: 0 } as const;
const out = { stream: "stdout", bytes: bytes("out") } as const;
const err = { stream: "stderr", bytes: bytes("err") } as const;

Deno.test("taps: output is told as it comes, but what is dropped", () => {
  const { taps, told } = open();
  taps.tell([out, err]);
  taps.tell([err, out], { stdout: "piped", stderr: "null" });
  taps.tell(null);
  assertEquals(told, ["stdout out", "stderr err", "stdout out", "output ended"]);
});

Deno.test("taps: the end is told once, when nothing more comes and it is known", () => {
  const orders: ((taps: Taps) => void)[][] = [
    [(taps) => taps.settle(exited), (taps) => taps.close()],
    [(taps) => taps.close(), (taps) => taps.settle(exited)],
  ];
  for (const [first, second] of orders) {
    const { taps, told } = open();
    first(taps);
    taps.tell([out]);
    assertEquals(told, ["stdout out"]);
    second(taps);
    taps.close();
    taps.tell([out]);
    assertEquals(told, ["stdout out", exited]);
  }
});

Deno.test("taps: who comes when all is over is told so", () => {
  const { taps } = open();
  taps.close();
  taps.settle(exited);
  const ends: unknown[] = [];
  taps.add({ output() {}, outputEnded() {}, ended: (status) => void ends.push(status) });
  assertEquals(ends, [exited]);
});

Deno.test("taps: an error at the end is the status's, where no other says more", () => {
  const fails = () => {
    throw new Reason();
  };
  const { taps } = open(fails);
  taps.close();
  assertThrows(() => taps.settle(exited), Reason);
  const lost = open(fails);
  lost.taps.close();
  lost.taps.giveUp();
  assertEquals(lost.told, [null]);
  const unread = open(fails);
  unread.taps.settle(exited);
  unread.taps.close();
  assertEquals(unread.told, [exited]);
});
