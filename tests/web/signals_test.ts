/** The terminal in the browser, ended by a signal before there is one. */
import { assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { ScriptedEngine, type Step } from "../faults/scripted_engine.ts";
import { type CallName, ON, WELL, wellBut } from "../faults/well.ts";

const example = new URL("../../examples/web_terminal.ts", import.meta.url).pathname;
const argv = [
  Deno.execPath(),
  "run",
  "-A",
  "--quiet",
  example,
  "--run",
  "busybox",
  "sleep",
  "4242",
];

const SIGNALS = [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const;
const STAGES: readonly [call: CallName, made: boolean][] = [
  ["ping", false],
  ["create", true],
  ["attach", true],
  ["wait", true],
  ["start", true],
];

for (const [signal, code] of SIGNALS) {
  for (const [call, made] of STAGES) {
    Deno.test(`web: ${signal} at ${call} leaves no container behind`, async () => {
      // A creation is answered once the signal has been sent, and the rest never.
      const answer: Step[] = call === "create" ? WELL.create : ["silence"];
      const further = call === "create"
        ? { attach: ["silence" as const], start: ["silence" as const] }
        : {};
      const steps: Step[] = [{ after: /^signalled$/ }, ...answer];
      await using engine = new ScriptedEngine(wellBut({ ...further, [call]: steps }));
      await using live = new Live([], { argv, env: { DOCKER_HOST: engine.host } });
      await engine.happened(ON[call]);
      live.kill(signal);
      engine.happen("signalled");
      const end = await live.end();
      assertEquals(end, { code, signal: null, stdout: "", stderr: `ended by ${signal}\n` });
      await engine.left();
      assertEquals(engine.count(ON.remove), made ? 1 : 0, engine.events.join(", "));
    });
  }
}
