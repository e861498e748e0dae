import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, ProtocolError } from "../../../src/errors.ts";
import { readJsonLines } from "../../../src/http/json_lines.ts";
import { bytes, cuts } from "../../fakes/bytes.ts";
import { turns } from "../../fakes/turns.ts";

/** The values in pieces of a body; each piece is valid until the next one is asked for. */
async function values(pieces: readonly Uint8Array[]): Promise<unknown[]> {
  return await Array.fromAsync(readJsonLines(reused(pieces)));
}

async function* reused(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(1024);
  for (const piece of pieces) {
    buffer.fill(0x58);
    buffer.set(piece);
    yield await Promise.resolve(buffer.subarray(0, piece.length));
  }
}

Deno.test("JSON values come one a line, however they are cut", async () => {
  const body = bytes('{"status":"Pulling – é"}\r\n{"id":"a"}\n\r\n[1,"\\n"]\n');
  for (const pieces of cuts(body)) {
    assertEquals(await values(pieces), [{ status: "Pulling – é" }, { id: "a" }, [1, "\n"]]);
  }
});

Deno.test("the last value needs no end of line", async () => {
  assertEquals(await values([bytes('{"a":1}\n{"b":2}')]), [{ a: 1 }, { b: 2 }]);
  assertEquals(await values([]), []);
});

Deno.test("a line that is no JSON is refused, and shown", async () => {
  await assertRejects(() => values([bytes('{"a":1}\n<html>\n')]), ProtocolError, "<html>");
});

Deno.test("a body that breaks off fails as it does", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes('{"a":1}\n'));
    throw new ConnectionError("cut short");
  }
  await assertRejects(() => Array.fromAsync(readJsonLines(broken())), ConnectionError, "cut short");
});

Deno.test("whoever stops reading ends the body", async () => {
  let ended = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield await Promise.resolve(bytes('{"a":1}\n'));
    } finally {
      ended = true;
    }
  }
  for await (const _ of readJsonLines(body())) break;
  await turns();
  assertEquals(ended, true);
});
