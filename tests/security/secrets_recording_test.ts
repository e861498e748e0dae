/** Recordings: no secret is in one, but what is typed where they are told to have that. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { frame } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json } from "../fakes/engine.ts";
import { FORMS, IMAGE, password, SECRET, secretEnv } from "./secrets.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

for (const typed of [false, true]) {
  const name = typed
    ? "what is typed, with --record-input, is in a recording"
    : "neither variables, nor credentials, nor what is typed are in a recording";
  Deno.test(`security: secrets: ${name}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const container = new FakeContainer(engine);
    engine.on("POST /images/create", () => json(200, { status: "Pulled" }));
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      await Deno.writeTextFile(`${folder}/config.json`, password["config.json"]);
      container.attached.then(async (stream) => {
        assertEquals(await stream.receive(), SECRET);
        await container.write(frame(1, "shown"));
        await container.exit(0);
      });
      const flags = ["--pull=always", "-q", "-i", ...secretEnv, "--record", `${folder}/a.cast`];
      const args = ["run", ...flags, ...typed ? ["--record-input"] : [], IMAGE];
      const { code, stderr } = await run(args, {
        stdin: SECRET,
        env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: folder, SHELL: `/${SECRET}`, TERM: SECRET },
      });
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const recording = await Deno.readTextFile(`${folder}/a.cast`);
      assertStringIncludes(recording, "shown");
      const [header, ...events] = recording.trim().split("\n").map((line) => JSON.parse(line));
      const isInput = ([, code]: [number, string, string]) => code === "i";
      const input = events.filter(isInput).map(([, , data]) => data).join("");
      assertEquals(input, typed ? SECRET : "", recording);
      const rest = JSON.stringify([header, ...events.filter((event) => !isInput(event))]);
      assert(!rest.includes(SECRET), recording);
      for (const form of FORMS.slice(1)) assert(!recording.includes(form), recording);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
