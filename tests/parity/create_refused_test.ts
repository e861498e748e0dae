/** What cannot be carried out ends with docker's code, in one line, and before any request. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runPiped } from "../harness/command.ts";
import { CreateRecorder } from "./create_recorder.ts";
import { REFUSED_LINES, REFUSED_VERB_LINES } from "./create_refused_lines.ts";
import { dockers, ENV, hasDocker, makeFolder } from "./create_sides.ts";

const ignore = !await hasDocker();
if (ignore) console.error("SKIPPED refused lines: there is no docker command on this machine");

const LINES = [
  ...REFUSED_LINES.map(([line, ...named]) => [`run ${line}`, ...named]),
  ...REFUSED_VERB_LINES,
];

Deno.test({
  name: "what cannot be carried out ends with docker's code, before any request",
  ignore,
  fn: async (t) => {
    const folder = await makeFolder();
    await using recorder = new CreateRecorder("1.50");
    const env = { ...ENV, DOCKER_HOST: recorder.host, DOCKER_CONFIG: `${folder}/config` };
    try {
      for (const [line, ...named] of LINES) {
        await t.step(JSON.stringify(line), async () => {
          const args = line.split(" ").filter((part) => part !== "");
          const theirs = await dockers(recorder, folder, args);
          const { code, stderr, text } = await runPiped(args, { cwd: folder, env });
          assertEquals([recorder.calls, recorder.take()], [[], []], stderr);
          assertEquals([code, text], [theirs.code, ""], `${stderr}${theirs.error}`);
          assert(/^dockerpty \w+: [ -~…]*\n$/.test(stderr), stderr);
          for (const part of named) assertStringIncludes(stderr, part);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
