/** The create request of `run` is docker's, field by field, for every flag. */
import { assert, assertEquals } from "@std/assert";
import { RUN_FLAGS } from "../../src/cli/run_flags/all.ts";
import { CREATE_LINES, OTHER_LINES } from "./create_lines.ts";
import { normal } from "./create_normal.ts";
import { CreateRecorder } from "./create_recorder.ts";
import { dockers, ENV, hasDocker, makeFolder, ours } from "./create_sides.ts";

const LINES = [...CREATE_LINES.map((line) => `${line} busybox`.trim()), ...OTHER_LINES];

/** A blank within an argument is written as one that does not break. */
function split(line: string): string[] {
  return line.split(" ").map((argument) => argument.replaceAll("\u00a0", " "));
}

const ignore = !await hasDocker();
if (ignore) console.error("SKIPPED create requests: there is no docker command on this machine");

Deno.test({
  name: "run: the create request is docker's",
  ignore,
  fn: async (t) => {
    const folder = await makeFolder();
    const before = Deno.cwd();
    Deno.chdir(folder);
    for (const [name, value] of Object.entries(ENV)) Deno.env.set(name, value);
    Deno.env.set("DOCKER_CONFIG", `${folder}/config`);
    await using recorder = new CreateRecorder("1.50");
    try {
      const compare = async (line: string) => {
        const args = ["run", ...split(line)];
        const theirs = await dockers(recorder, folder, args);
        assertEquals(theirs.requests.length, 1, theirs.error);
        const own = await ours(recorder, args);
        assertEquals(own.requests.length, 1);
        const [[expected], [actual]] = [theirs.requests, own.requests];
        assertEquals(normal(actual.body), normal(expected.body));
        assertEquals(actual.query, expected.query);
      };
      for (const line of LINES) await t.step(line, () => compare(line));
      await t.step(
        "the default platform of the environment, the proxies of config.json",
        async () => {
          const proxies = { default: { httpProxy: "http://p:1", noProxy: "a,b", other: "x" } };
          await Deno.writeTextFile(`${folder}/config/config.json`, JSON.stringify({ proxies }));
          Deno.env.set("DOCKER_DEFAULT_PLATFORM", "linux/arm64");
          try {
            await compare("-e no_proxy=mine busybox");
            await compare("--platform linux/amd64 busybox");
          } finally {
            Deno.env.delete("DOCKER_DEFAULT_PLATFORM");
          }
        },
      );
    } finally {
      Deno.chdir(before);
      for (const name of [...Object.keys(ENV), "DOCKER_CONFIG"]) Deno.env.delete(name);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("run: no flag of the create request is without a command line that tries it", () => {
  const tried = new Set(LINES.flatMap((line) => split(line).map((part) => part.split("=")[0])));
  const letters = new Set([...tried].filter((part) => /^-[^-]/.test(part)).map((part) => part[1]));
  const missing = RUN_FLAGS.filter(({ create }) => create).filter((
    { name, short, otherNames = [] },
  ) =>
    ![name, ...otherNames].some((name) => tried.has(`--${name}`)) &&
    !(short !== undefined && letters.has(short))
  ).map(({ name }) => name);
  assertEquals(missing, []);
  assert(LINES.length >= 60);
});
