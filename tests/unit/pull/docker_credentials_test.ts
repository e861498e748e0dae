import { assertEquals, assertRejects } from "@std/assert";
import {
  type CredentialSource,
  findRegistryAuth,
  LOCAL_CREDENTIALS,
} from "../../../src/engine/docker_credentials.ts";

/** A machine whose `config.json` this is, and whose helpers answer so. */
function machine(
  config: unknown,
  helpers: Record<string, string> = {},
): CredentialSource & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    env: (name) => name === "DOCKER_CONFIG" ? "/cfg" : undefined,
    read: (path) => {
      assertEquals(path, "/cfg/config.json");
      return Promise.resolve(typeof config === "string" ? config : JSON.stringify(config));
    },
    run: (...call) => {
      asked.push(call.slice(0, 3) as string[]);
      return Promise.resolve(helpers[call[0]]);
    },
  };
}

const ANN = { username: "ann", password: "s3:cret" };
const stored = { auth: btoa("ann:s3:cret") };

Deno.test("credentials are those that are stored for the registry", async () => {
  const source = machine({ auths: { "r:5000": stored, "other": { auth: btoa("bob:x") } } });
  assertEquals(await findRegistryAuth("r:5000", source), ANN);
  assertEquals(await findRegistryAuth("r:5001", source), undefined);
  assertEquals(await findRegistryAuth("toString", source), undefined);
});

Deno.test("credentials of docker.io, and ones stored under an URL by older versions", async () => {
  const dockerIo = "https://index.docker.io/v1/";
  assertEquals(await findRegistryAuth(dockerIo, machine({ auths: { [dockerIo]: stored } })), ANN);
  for (const key of ["https://r:5000/v2/", "http://r:5000", "r:5000/v1/"]) {
    assertEquals(await findRegistryAuth("r:5000", machine({ auths: { [key]: stored } })), ANN);
  }
});

Deno.test("stored tokens go before a password, and padding after it is none of it", async () => {
  const find = (entry: unknown) => findRegistryAuth("r", machine({ auths: { r: entry } }));
  const identitytoken = "t0k3n";
  assertEquals(await find({ ...stored, identitytoken }), { identityToken: "t0k3n" });
  assertEquals(await find({ registrytoken: "b34r3r" }), { registryToken: "b34r3r" });
  assertEquals(await find({ auth: btoa("ann:s3:cret\0\0\0") }), ANN);
  const umlauts = new TextEncoder().encode("änn:gehêim").toBase64();
  assertEquals(await find({ auth: umlauts }), { username: "änn", password: "gehêim" });
});

Deno.test("a configuration that cannot be understood holds no credentials", async () => {
  const entries = [
    {},
    { auth: "%%%" },
    { auth: btoa("ann") },
    { auth: btoa(":x") },
    { auth: 7 },
    7,
  ];
  const configs = ["", "{", "null", "[]", { auths: 7 }, { auths: null }, { credHelpers: 7 }];
  for (const config of [...configs, ...entries.map((r) => ({ auths: { r } }))]) {
    assertEquals(await findRegistryAuth("r", machine(config)), undefined);
  }
});

Deno.test("no file, no home, no permission: no credentials", async () => {
  const source = machine({});
  for (const text of [null, undefined]) {
    const read = () => Promise.resolve(text);
    assertEquals(await findRegistryAuth("r", { ...source, read }), undefined);
  }
  const read = () => Promise.reject(new Deno.errors.IsADirectory());
  assertEquals(await findRegistryAuth("r", { ...source, read }), undefined);
  const env = () => undefined;
  assertEquals(await findRegistryAuth("r", { ...source, env }), undefined);
});

const answers = {
  "docker-credential-mine": '{"ServerURL":"r","Username":"ann","Secret":"s3:cret"}',
  "docker-credential-all": '{"ServerURL":"q","Username":"<token>","Secret":"t0k3n"}',
  "docker-credential-odd": '"credentials not found"',
};

Deno.test("a helper is asked for its registry, the store for all others", async () => {
  const config = { credHelpers: { r: "mine", s: "" }, credsStore: "all", auths: { s: stored } };
  const source = machine(config, answers);
  assertEquals(await findRegistryAuth("r", source), ANN);
  assertEquals(await findRegistryAuth("q", source), { identityToken: "t0k3n" });
  assertEquals(source.asked, [
    ["docker-credential-mine", "get", "r"],
    ["docker-credential-all", "get", "q"],
  ]);
  assertEquals(await findRegistryAuth("s", source), ANN, "an empty name means: no helper");
});

Deno.test("a helper that has nothing, or is none, gives no credentials", async () => {
  for (const credsStore of ["none", "odd"]) {
    assertEquals(await findRegistryAuth("r", machine({ credsStore }, answers)), undefined);
  }
  const source = machine({ credsStore: "../../evil" }, answers);
  assertEquals(await findRegistryAuth("r", source), undefined);
  assertEquals(source.asked, []);
});

/** A folder with a helper of this script in it, first on the PATH. */
async function withHelper(script: string, use: () => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH")!;
  try {
    await Deno.writeTextFile(`${folder}/docker-credential-t`, `#!/bin/sh\n${script}\n`, {
      mode: 0o755,
    });
    Deno.env.set("PATH", `${folder}:${path}`);
    await use();
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

const { run } = LOCAL_CREDENTIALS;

Deno.test("a helper gets the registry on its stdin, and answers on its stdout", async () => {
  await withHelper('read -r url; echo "$1 $url"; echo oops >&2', async () => {
    assertEquals(await run("docker-credential-t", "get", "r:5000\n"), "get r:5000\n");
  });
});

Deno.test("a helper that fails, does not read, or is not there is no error", async () => {
  await withHelper("echo no such credentials; exit 1", async () => {
    assertEquals(await run("docker-credential-t", "get", "r"), undefined);
    assertEquals(await run("docker-credential-nope", "get", "r"), undefined);
  });
  await withHelper("echo unread", async () => {
    assertEquals(await run("docker-credential-t", "get", "r".repeat(200_000)), "unread\n");
  });
});

Deno.test("an abort ends the helper", async () => {
  await withHelper("exec sleep 60", async () => {
    const abort = new AbortController();
    const running = run("docker-credential-t", "get", "r", abort.signal);
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 100);
    assertEquals(await assertRejects(() => running), reason);
  });
});

Deno.test({
  name: "without the permission, no helper is run",
  permissions: { run: false },
  async fn() {
    assertEquals(await run("docker-credential-t", "get", "r"), undefined);
  },
});
