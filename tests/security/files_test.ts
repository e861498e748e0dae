/** Files, sockets and programs: who may read them, and which may be meant by a name. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findRegistryAuth } from "../../src/engine/docker_credentials.ts";
import { resolveEndpoint } from "../../src/transport/context.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json } from "../fakes/engine.ts";
import { FakeExec } from "../fakes/exec.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;

/** Runs `use` with a folder that is removed behind it. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** An attached session that ends by itself, on a scripted engine. */
async function attached(args: string[], env: Record<string, string> = {}): Promise<void> {
  await using engine = new ServedEngine();
  const container = new FakeContainer(engine);
  container.waited.then(() => container.exit(0));
  const { code, stderr } = await run(["attach", "--no-stdin", ...args, "box"], {
    env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: "/nowhere", ...env },
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
}

Deno.test("security: files: a recording is 0600, whatever the umask", LIMITED, async () => {
  await inFolder(async (folder) => {
    const before = Deno.umask(0);
    try {
      await attached(["--record", `${folder}/a.cast`]);
    } finally {
      Deno.umask(before);
    }
    assertEquals(await mode(`${folder}/a.cast`), 0o600);
  });
});

Deno.test("security: files: one that a recording replaces becomes 0600", LIMITED, async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.cast`, "before");
    await Deno.chmod(`${folder}/a.cast`, 0o666);
    await attached(["--record", `${folder}/a.cast`, "--force"]);
    assertEquals(await mode(`${folder}/a.cast`), 0o600);
    assert(!(await Deno.readTextFile(`${folder}/a.cast`)).includes("before"));
  });
});

Deno.test(
  "security: files: a recording is not written through a link that waits there",
  LIMITED,
  async () => {
    await inFolder(async (folder) => {
      await Deno.symlink(`${folder}/victim`, `${folder}/a.cast`);
      const { code, stderr } = await run(["attach", "--record", `${folder}/a.cast`, "box"], {
        env: { DOCKER_HOST: "unix:///nowhere" },
      });
      assertEquals(code, 1);
      assertMatch(stderr, /^dockerpty attach: cannot record to .*there already.*\n$/);
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
        "a.cast",
      ]);
    });
  },
);

/** Sessions, and what else asks the engine for something, each to its end. */
const SESSIONS: Record<string, (engine: ServedEngine) => string[]> = {
  "an attach": (engine) => {
    const container = new FakeContainer(engine);
    container.waited.then(() => container.exit(0));
    return ["attach", "--no-stdin", "box"];
  },
  "a run": (engine) => {
    const container = new FakeContainer(engine);
    container.waited.then(() => container.exit(0));
    return ["run", "--rm", "-i", "-e", "TOKEN=secret", "a:1"];
  },
  "a run in the background": (engine) => {
    new FakeContainer(engine);
    return ["run", "-d", "a:1"];
  },
  "an exec": (engine) => {
    const exec = new FakeExec(engine);
    exec.started.then(() => exec.exit(0));
    return ["exec", "-i", "box", "x"];
  },
  "a pull": (engine) => {
    const container = new FakeContainer(engine);
    container.waited.then(() => container.exit(0));
    const missing = () => json(404, { message: "No such image: a:1" });
    engine.on("POST /containers/create", missing, () => json(201, { Id: container.id }));
    engine.on("GET /images/a%3A1/json", missing);
    engine.on("POST /images/create", () => json(200, { status: "Pull complete", id: "0" }));
    return ["run", "a:1"];
  },
};

for (const [what, serve] of Object.entries(SESSIONS)) {
  Deno.test(
    `security: files: ${what} leaves no temporary file, and makes none`,
    LIMITED,
    async () => {
      await inFolder(async (folder) => {
        await using engine = new ServedEngine();
        const args = serve(engine);
        const watcher = Deno.watchFs(folder);
        const seen: string[] = [];
        const watching = (async () => {
          for await (const { kind, paths } of watcher) {
            if (kind === "create") seen.push(...paths);
            // Its own end of the watch: what comes in front of it has been seen then.
            if (paths.some((path) => path.endsWith("/last"))) break;
          }
        })();
        const config = { auths: { "https://index.docker.io/v1/": { auth: btoa("ann:secret") } } };
        await inFolder(async (docker) => {
          await Deno.writeTextFile(`${docker}/config.json`, JSON.stringify(config));
          const { code, stderr } = await run(args, {
            cwd: folder,
            env: {
              DOCKER_HOST: engine.host,
              DOCKER_CONFIG: docker,
              TMPDIR: folder,
              XDG_RUNTIME_DIR: folder,
            },
          });
          assertEquals(code, 0, stderr);
          assertEquals([...Deno.readDirSync(docker)].map(({ name }) => name), ["config.json"]);
        });
        await Deno.writeTextFile(`${folder}/last`, "");
        await watching;
        assertEquals(seen.filter((path) => !path.endsWith("/last")), []);
        if (what !== "a pull") return;
        assert(engine.call("POST /images/create").headers.has("x-registry-auth"));
      });
    },
  );
}

const HELPERS = [
  "../../x",
  "/bin/x",
  "..",
  "a/b",
  "a b",
  "x;reboot",
  "$(reboot)",
  "",
  "a\nb",
  "\0",
];

for (const helper of HELPERS) {
  Deno.test(
    `security: helpers: ${JSON.stringify(helper)} names no program out of the PATH`,
    LIMITED,
    async () => {
      const ran: string[] = [];
      for (const config of [{ credsStore: helper }, { credHelpers: { r: helper } }]) {
        const auth = await findRegistryAuth("r", {
          env: () => "/config",
          read: () => Promise.resolve(JSON.stringify(config)),
          run: (program) => {
            ran.push(program);
            return Promise.resolve(undefined);
          },
        });
        assertEquals(auth, undefined);
      }
      // Two dots behind a dash are a name like any other, in a folder of the PATH.
      assertEquals(ran, helper === ".." ? Array(2).fill("docker-credential-..") : []);
    },
  );
}

const CONTEXTS = ["../../x", "/etc", "..", "a/b", "a b", "-x", "a\nb", "é", "*"];

for (const context of CONTEXTS) {
  Deno.test(
    `security: contexts: ${JSON.stringify(context)} is looked for in no other folder`,
    LIMITED,
    async () => {
      const looked: string[] = [];
      const look = <T>(answer: T) => (path: string) => {
        looked.push(path);
        return Promise.resolve(answer);
      };
      const source = {
        env: (name: string) => name === "DOCKER_CONFIG" ? "/config" : undefined,
        readFile: look(null),
        exists: look(false),
      };
      const error = await resolveEndpoint({ ...source, context }).catch((error) => error);
      assertMatch(error.message, /^cannot use the context /);
      assert(looked.length > 0);
      for (const path of looked) {
        assertMatch(path, /^\/config\/contexts\/(meta\/[0-9a-f]{64}\/meta\.json)$/);
      }
    },
  );
}

const ADDRESSES = [
  "ssh://-oProxyCommand=touch",
  "ssh://-lroot@far",
  "ssh://me@-oProxyCommand=touch",
  "ssh://-F",
  "ssh://far:22 -oProxyCommand=touch",
  "ssh://far\n-oProxyCommand=touch",
  "ssh://[-oProxyCommand=touch]",
  "ssh://$(touch)@far",
  "ssh://far;touch",
];

Deno.test(
  "security: ssh: no part of an address is an option of ssh's, and ssh is not even started",
  LIMITED,
  async (t) => {
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/ssh`, `#!/bin/sh\necho "$@" >>${folder}/started\n`, {
        mode: 0o755,
      });
      for (const address of ADDRESSES) {
        await t.step(JSON.stringify(address), async () => {
          const { code, stderr } = await run(["-H", address, "attach", "box"], {
            env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
          });
          assertEquals(code, 1);
          assertMatch(stderr, /^dockerpty attach: cannot use the engine's address .*\n$/);
          await Deno.stat(`${folder}/started`).then(() => assert(false), () => {});
        });
      }
    });
  },
);
