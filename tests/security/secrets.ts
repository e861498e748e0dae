/** A secret, where it comes from, and runs of the command that must not show it. */
import { assert, assertMatch, assertStringIncludes } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json } from "../fakes/engine.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

/** What must not be seen, whatever it stands for. */
export const SECRET = "hunter2-s3cr3t";

/** The forms in which it might be: as it is, and in the middle of base64. */
export const FORMS = [
  SECRET,
  ...["", "x", "xx"].map((before) => btoa(before + SECRET).slice(before.length === 0 ? 0 : 4, 16)),
];

/** A registry, and an image in it. */
export const REGISTRY = "registry.example:5000";
export const IMAGE = `${REGISTRY}/a:1`;

/** A run of the command that has the secret, and fails. */
interface Case {
  /** Files in a folder that is docker's configuration and on the PATH, by their names. */
  files?: Record<string, string>;
  /** `FOLDER` is where that folder is. */
  args: string[];
  env?: Record<string, string>;
  engine?: (engine: ServedEngine) => void;
  /** The error that it fails with, so that it is known to have come this far. */
  says: RegExp;
  /** A file in that folder by which what a case runs shows that it has run. */
  mark?: string;
  /** What of the engine's calls is seen to have the secret, so that it was there to be shown. */
  sentAs?: "auth" | { bodyOf: string };
}

/** docker's configuration, as a file. */
export const config = (fields: unknown) => ({ "config.json": JSON.stringify(fields) });

/** A configuration in which the secret is the registry's password. */
export const password = config({ auths: { [REGISTRY]: { auth: btoa(`ann:${SECRET}`) } } });

/** Flags by which the secret is in a variable. */
export const secretEnv = ["-e", `TOKEN=${SECRET}`];

/** An engine that refuses a request, and says which. */
export const refuses = (route: string) => (engine: ServedEngine) => {
  new FakeContainer(engine);
  engine.on(route, () => json(500, { message: `no ${route}` }));
};

/** A run of the command that fails because a request is refused. */
export const refused = (route: string) => ({
  engine: refuses(route),
  says: new RegExp(`: no ${RegExp.escape(route)}\n`),
});

/** An engine that answers a request with this text. */
export const answers = (route: string, text: string) => (engine: ServedEngine) => {
  new FakeContainer(engine);
  engine.on(route, () => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes(text).length}\r\n\r\n${text}`);
};

/** What an engine was sent as a registry's credentials. */
export function sentAuth(engine: ServedEngine): string {
  const header = engine.call("POST /images/create").headers.get("x-registry-auth")!;
  return atob(header.replaceAll("-", "+").replaceAll("_", "/"));
}

/** Tests that no case shows the secret, with all that `--debug` shows. */
export function testNotShown(cases: Record<string, Case>): void {
  for (const [what, one] of Object.entries(cases)) {
    const { files = {}, args, env, engine: script, says, mark, sentAs } = one;
    Deno.test(`security: secrets: not shown, with --debug: ${what}`, LIMITED, async () => {
      await using engine = new ServedEngine();
      script?.(engine);
      const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
      try {
        for (const [name, text] of Object.entries(files)) {
          await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o700 });
        }
        const inFolder = args.map((arg) => arg.replace("FOLDER", folder));
        const { code, text, stderr } = await run(["--debug", ...inFolder], {
          env: {
            DOCKER_HOST: engine.host,
            DOCKER_CONTEXT: "",
            DOCKER_CONFIG: folder,
            PATH: `${new URL("../harness/bin", import.meta.url).pathname}:${folder}:` +
              Deno.env.get("PATH"),
            ...env,
          },
        });
        assert(code > 0, "it is an error");
        assertMatch(stderr, says);
        if (mark !== undefined) assert((await Deno.stat(`${folder}/${mark}`)).isFile);
        for (const form of FORMS) assert(!`${text}${stderr}`.includes(form), stderr);
        if (sentAs === undefined) return;
        const sent = sentAs === "auth"
          ? sentAuth(engine)
          : JSON.stringify(engine.call(sentAs.bodyOf).body);
        assertStringIncludes(sent, SECRET);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
