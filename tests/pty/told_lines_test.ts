/** What the command itself tells, on the container's line or on its own. */
import { assertEquals, assertMatch } from "@std/assert";
import { Relay } from "../engine/relay.ts";
import { container } from "../harness/engine.ts";
import { ptyTest } from "./pty_test_case.ts";

// As they are typed they are not what is printed.
const outputs: Record<string, string> = {
  "a line that is not ended": 'printf "%s " "$((6 * 7))" prompt',
  "a whole line": 'printf "%s " "$((6 * 7))" prompt; echo',
};

for (const [name, print] of Object.entries(outputs)) {
  ptyTest(`told: of a lost connection, behind ${name}`, {}, async (shell) => {
    await using relay = new Relay();
    await using box = await container({ cmd: ["sleep", "600"] });
    const exec = `exec -it ${box.name} sh -c '${print}; exec sleep 60'`;
    shell.run(`dockerpty -H ${relay.host} ${exec}`);
    await shell.waitFor("42 prompt", { timeout: 60_000 });
    relay.cut(/start/);
    assertEquals(await shell.finished({ timeout: 60_000 }), 125);
    assertMatch(shell.sinceRun, /42 prompt \r*\ndockerpty exec: /);
  });
}
