/** stdout and stderr: piped, inherited, or dropped. */
import { assertEquals, assertThrows } from "@std/assert";
import { Client, InvalidOptionError } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { idle } from "./sessions.ts";

const client = new Client();

testWithEngine("library: stdio: what is dropped does not stall what is read", async () => {
  await using box = await idle();
  const command = ["sh", "-c", "head -c 5000000 /dev/zero >&2; echo end; exit 4"];
  await using session = await client.exec(box.name, command, { stderr: "null" });
  assertEquals(session.stderr, null);
  assertEquals(await new Response(session.stdout).text(), "end\n");
  assertEquals(await session.status, { reason: "exited", code: 4 });
});

testWithEngine("library: stdio: with everything dropped the status still comes", async () => {
  await using box = await idle();
  const command = ["sh", "-c", "head -c 5000000 /dev/zero; exit 5"];
  await using session = await client.exec(box.name, command, { stdout: "null", stderr: "null" });
  assertThrows(() => session.stdout, InvalidOptionError, "not piped");
  assertEquals(await session.status, { reason: "exited", code: 5 });
});

testWithEngine("library: stdio: what is inherited is written by this process", async () => {
  await using box = await idle();
  const script = `
    import { Client } from "@dockerpty/dockerpty";
    const session = await new Client().exec(Deno.args[0], ["sh", "-c", "echo a; echo b >&2"], {
      stdout: "inherit",
      stderr: "inherit",
    });
    await session.status;`;
  const file = new URL(`./inherit_${crypto.randomUUID()}.ts`, import.meta.url);
  await Deno.writeTextFile(file, script);
  try {
    const args = ["run", "-A", "--quiet", file.pathname, box.name];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assertEquals(new TextDecoder().decode(stdout), "a\n");
    assertEquals(new TextDecoder().decode(stderr), "b\n");
  } finally {
    await Deno.remove(file);
  }
});
