import { assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../../src/transport/connection.ts";
import { bytes, text } from "../../fakes/bytes.ts";
import { connectionPair } from "../../fakes/connection_pair.ts";

Deno.test("writeAll goes on after each short write until all is written", async () => {
  const [client, server] = connectionPair({ capacity: 3 });
  const received = server.receiveAll();
  await writeAll(client, bytes("a long message"));
  await client.closeWrite();
  assertEquals(text(await received), "a long message");
});

Deno.test("writeAll writes nothing where there is nothing to write", async () => {
  let writes = 0;
  await writeAll({ write: () => Promise.resolve(++writes) }, new Uint8Array());
  assertEquals(writes, 0);
});

Deno.test("writeAll fails as the connection does", async () => {
  const [client, server] = connectionPair();
  server.close();
  await assertRejects(() => writeAll(client, bytes("x")), Deno.errors.BrokenPipe);
});
