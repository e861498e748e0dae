/** Words that a terminal would act on, and runs of the command where something says them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { json } from "../fakes/engine.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

/** What a terminal would act on: a cleared screen, a title, a bell, C1, marks of direction. */
export const EVIL =
  "evil\x1b[2J\x1b]0;owned\x07\u009b31m\u0085\u202edrow\u2066\u200f\u2028\x08\x7f" +
  "\rover\nline\ufeff\u0000.";

/** The same where a NUL or a line end would be another matter. */
export const EVIL_WORD = EVIL.replaceAll(/[\r\n\0]/g, "");

/** What of it must not be printed; the end of a line may be. */
export const ACTS =
  // deno-lint-ignore no-control-regex -- they are what is looked for
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** A run of the command where something is called names. */
export interface Case {
  /** Makes the engine say it. */
  engine?: (engine: ServedEngine) => void | Promise<void>;
  args: string[];
  /** Files of docker's configuration, by their names. */
  config?: Record<string, string>;
  env?: (folder: string) => Record<string, string>;
  /** What of it must be seen, so that it is known to have come this far; `null` for nothing. */
  shows?: RegExp | null;
  code?: number;
}

/** Refuses a request in these words. */
export const message = (status: number) => () => json(status, { message: EVIL });

/** Answers with this, whatever it is. */
export const raw = (text: string) => () => bytes(text);

/** Answers with this in the head, or behind it. */
export const head = (fields: string, body = "") =>
  raw(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`);

/** Tests that no case prints what a terminal would act on. */
export function testPrinted(cases: Record<string, Case>): void {
  for (const [what, one] of Object.entries(cases)) {
    const { engine: script, args, config, env, shows = /evil/, code } = one;
    Deno.test(`security: printed: ${what}`, LIMITED, async () => {
      await using engine = new ServedEngine();
      await script?.(engine);
      const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
      try {
        for (const [name, text] of Object.entries(config ?? {})) {
          await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o700 });
        }
        const result = await run(["--debug", ...args], {
          env: {
            DOCKER_HOST: engine.host,
            DOCKER_CONTEXT: "",
            DOCKER_CONFIG: folder,
            ...env?.(folder),
          },
        });
        if (code !== undefined) assertEquals(result.code, code, result.stderr);
        else assert(result.code > 0, "it is an error");
        for (const output of [result.text, result.stderr]) {
          // A line of the runtime's ends as at a terminal.
          assert(!ACTS.test(output.replace(/\r\n$/, "\n")), JSON.stringify(output));
        }
        if (shows !== null) assertMatch(result.stderr, shows);
        else assertMatch(result.text, /^[\w.:/=@, \ufffd'-]+\n$/);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
