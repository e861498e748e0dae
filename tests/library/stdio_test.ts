/** stdout and stderr: piped, inherited, or dropped. */
import { assertEquals, assertThrows } from "@std/assert";
import { Client, InvalidOptionError } from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { idle, readUntil } from "./sessions.ts";

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

testWithEngine("library: stdio: what is dropped holds nobody up who is not asked for", async () => {
  await using box = await idle();
  const command = ["sh", "-c", "head -c 5000000 /dev/zero; echo done >/done; sleep 60"];
  const dropped = { stdout: "null", stderr: "null" } as const;
  await using _ = await client.exec(box.name, command, dropped);
  const done = async () => (await box.exec(["cat", "/done"])).stdout === "done\n";
  await until(done, { what: "its end" });
});

testWithEngine("library: stdio: what is inherited is written by this process", async () => {
  await using box = await idle();
  const script = `
    import { Client } from "@dockerpty/dockerpty";
    const session = await new Client().exec(Deno.args[0], ["sh", "-c", "echo a; cat; echo b >&2"], {
      stdout: "inherit",
      stderr: "inherit",
      stdin: "piped",
    });
    // Nobody has asked for anything when the first of it is seen.
    await Deno.stdin.readable.pipeTo(session.stdin!);
    await session.status;`;
  const file = new URL(`./inherit_${crypto.randomUUID()}.ts`, import.meta.url);
  await Deno.writeTextFile(file, script);
  try {
    const args = ["run", "-A", "--quiet", file.pathname, box.name];
    const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const program = new Deno.Command(Deno.execPath(), { args, ...pipes }).spawn();
    await readUntil(program.stdout, "a\n");
    const writer = program.stdin.getWriter();
    await writer.write(new TextEncoder().encode("typed\n"));
    await writer.close();
    await readUntil(program.stdout, "typed\n");
    await program.stdout.cancel();
    assertEquals(await new Response(program.stderr).text(), "b\n");
    await program.status;
  } finally {
    await Deno.remove(file);
  }
});
