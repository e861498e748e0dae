/** Deno's debugger, which SIGUSR1 opens on the loopback for every user of the machine. */
import { assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { idle } from "../engine/piped.ts";
import { underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";

/**
 * Deno opens it only for a signal that comes half a second or more after its start, and within the next
 * seconds.
 */
const script = `trap 'echo USR1' USR1; sleep 1; echo ready
for i in $(seq 30); do sleep 0.1; done; echo later
until [ -e /tmp/over ]; do sleep 0.1; done; rm /tmp/over`;
const PORT = 9229;

const isOpen = async () => {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port: PORT })).close();
    return true;
  } catch {
    return false;
  }
};

const [major, minor, patch] = Deno.version.deno.split(".").map(Number);
/** Since 2.9.2 it does. */
const opens = major > 2 || minor > 9 || minor === 9 && patch >= 2;
if (!opens) console.error("not with this Deno: security: debugger: it opens none");
const ignore = !opens || underTest === "docker" || Deno.build.os === "windows";

for (const proxy of [true, false]) {
  testWithEngine(`security: debugger: SIGUSR1 leaves none open, sig-proxy ${proxy}`, async () => {
    assertEquals(await isOpen(), false, "somebody else's");
    await using box = await idle();
    const args = ["exec", `--sig-proxy=${proxy}`, box.name, "sh", "-c", script];
    await using exec = new Live(args);
    await exec.waitFor("ready\n");
    exec.kill("SIGUSR1");
    await exec.waitFor("later\n");
    assertEquals(await isOpen(), false);
    await box.exec(["touch", "/tmp/over"]);
    const { code, stdout } = await exec.end();
    assertEquals([code, stdout.includes("USR1\n")], [0, proxy]);
  }, { ignore });
}
