/** Deno's debugger, which SIGUSR1 opens on the loopback for every user of the machine. */
import { assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { idle } from "../engine/piped.ts";
import { underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";

/** Deno opens it for a signal that comes half a second or more after its start, and a moment later. */
const script = `trap 'echo USR1; sleep 3; echo later' USR1; sleep 1; echo ready
until [ -e /tmp/over ]; do sleep 0.1; done`;
const DEBUGGER_PORT = 9229;

const isOpen = async (port: number) => {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
};

testWithEngine("security: debugger: a signal that is passed on leaves none open", async () => {
  assertEquals(await isOpen(DEBUGGER_PORT), false, "somebody else's");
  await using box = await idle();
  await using exec = new Live(["exec", box.name, "sh", "-c", script]);
  await exec.waitFor("ready\n");
  exec.kill("SIGUSR1");
  await exec.waitFor("later\n");
  assertEquals(await isOpen(DEBUGGER_PORT), false);
  await box.exec(["touch", "/tmp/over"]);
  assertEquals((await exec.end()).code, 0);
}, { ignore: underTest === "docker" || Deno.build.os === "windows" });
