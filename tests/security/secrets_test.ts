/** Secrets: in no error, in no --debug output, and in no recording that was not told to have them. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Client, type RegistryAuth, type RunOptions } from "@dockerpty/dockerpty";
import { bytes, frame } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json } from "../fakes/engine.ts";
import { Authority } from "../harness/certificates.ts";
import { findCommand } from "../harness/kept_process.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

/** What must not be seen, whatever it stands for. */
const SECRET = "hunter2-s3cr3t";

/** The forms in which it might be: as it is, and in the middle of base64. */
const FORMS = [
  SECRET,
  ...["", "x", "xx"].map((before) => btoa(before + SECRET).slice(before.length === 0 ? 0 : 4, 16)),
];

const REGISTRY = "registry.example:5000";
const IMAGE = `${REGISTRY}/a:1`;

interface Case {
  /** Files in a folder that is docker's configuration and on the PATH, by their names. */
  files?: Record<string, string>;
  /** `FOLDER` is where that folder is. */
  args: string[];
  env?: Record<string, string>;
  engine?: (engine: ServedEngine) => void;
  /** What of the engine's calls is seen to have the secret, so that it was there to be shown. */
  sentAs?: { route: string; in: "body" | "x-registry-auth" };
}

const config = (fields: unknown) => ({ "config.json": JSON.stringify(fields) });
const password = config({ auths: { [REGISTRY]: { auth: btoa(`ann:${SECRET}`) } } });
const refuses = (route: string) => (engine: ServedEngine) => {
  new FakeContainer(engine);
  engine.on(route, () => json(500, { message: "no" }));
};
const answers = (route: string, text: string) => (engine: ServedEngine) => {
  new FakeContainer(engine);
  engine.on(route, () => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes(text).length}\r\n\r\n${text}`);
};
const pull = ["run", "--pull=always", IMAGE];
const withAuth = { route: "POST /images/create", in: "x-registry-auth" } as const;
const create = "POST /containers/create";
const withBody = { route: create, in: "body" } as const;
const secretEnv = ["-e", `TOKEN=${SECRET}`];
const HELPER = `#!/bin/sh\necho '{"Username":"ann","Secret":"${SECRET}"}'\n`;
const KEY = `-----BEGIN EC PRIVATE KEY-----\n${btoa(SECRET)}\n-----END EC PRIVATE KEY-----\n`;
const tls = ["-H", "tcp://127.0.0.1:1", "--tlsverify"];
const files = (key: string) => ["--tlscert", "FOLDER/cert.pem", "--tlskey", `FOLDER/${key}`];
const CERT = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

const CASES: Record<string, Case> = {
  "a stored password, where the pull is refused": {
    files: password,
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "a stored password, where the pull fails on its way": {
    files: password,
    args: pull,
    engine: answers("POST /images/create", '{"error":"no"}\n'),
    sentAs: withAuth,
  },
  "a stored password, where the connection is cut": {
    files: password,
    args: pull,
    engine: (engine) => engine.on("POST /images/create", ({ connection }) => connection.close()),
    sentAs: withAuth,
  },
  "a stored identity token": {
    files: config({ auths: { [REGISTRY]: { identitytoken: SECRET } } }),
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "a stored registry token": {
    files: config({ auths: { [REGISTRY]: { registrytoken: SECRET } } }),
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "the answer of a credential helper": {
    files: { ...config({ credsStore: "mine" }), "docker-credential-mine": HELPER },
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "the words of a credential helper that fails": {
    files: {
      ...config({ credsStore: "mine" }),
      "docker-credential-mine": `#!/bin/sh\necho ${SECRET}; echo ${SECRET} >&2; exit 1\n`,
    },
    args: pull,
    engine: refuses("POST /images/create"),
  },
  "a configuration that is not JSON": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":"${SECRET}" oops` },
    args: ["run", "-d", "busybox"],
    engine: refuses(create),
  },
  "a configuration that is not JSON, of a session": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    engine: refuses("POST /containers/c0ffee/attach"),
  },
  "a configuration that is not JSON, for its context": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    env: { DOCKER_HOST: "" },
  },
  "a variable, where the create is refused": {
    args: ["run", ...secretEnv, "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a variable, where the create is answered with it": {
    args: ["run", ...secretEnv, "busybox"],
    engine: answers(create, `{"Env":["TOKEN=${SECRET}"]`),
    sentAs: withBody,
  },
  "a variable, where the start is refused": {
    args: ["run", ...secretEnv, "busybox"],
    engine: refuses("POST /containers/c0ffee/start"),
    sentAs: withBody,
  },
  "a variable of this process": {
    args: ["run", "-e", "TOKEN", "busybox"],
    env: { TOKEN: SECRET },
    engine: refuses(create),
    sentAs: withBody,
  },
  "a variable without a name": { args: ["run", "-e", `=${SECRET}`, "busybox"] },
  "a variable without a name, of an exec": { args: ["exec", "-e", `=${SECRET}`, "box", "x"] },
  "a variable of an exec": {
    args: ["exec", ...secretEnv, "box", "x"],
    engine: (engine) => engine.on("POST /containers/box/exec", () => json(500, { message: "no" })),
    sentAs: { route: "POST /containers/box/exec", in: "body" },
  },
  "a file of variables": {
    files: { "a.env": `TOKEN=${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a line of a file of variables that is none": {
    files: { "a.env": `A=1\nmy ${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
  },
  "a file of variables of an exec, with a line that is none": {
    files: { "a.env": `A=1\n=${SECRET}\n` },
    args: ["exec", "--env-file", "FOLDER/a.env", "box", "x"],
  },
  "a create request in a file": {
    files: { "create.json": JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a create request that is not JSON": {
    files: { "create.json": `{"Env":["TOKEN=${SECRET}" oops` },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
  },
  "a container's variables in an answer that is cut": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Config":{"Env":["TOKEN=${SECRET}"`),
  },
  "a container's variables in an answer that is malformed": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Env":["${SECRET}" "${SECRET}"]}`),
  },
  "proxies with a password": {
    files: config({ proxies: { default: { httpProxy: `http://me:${SECRET}@proxy` } } }),
    args: ["run", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a client's key that is none": {
    files: { "cert.pem": CERT, "key.pem": `${SECRET}\n` },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key that cannot be used": {
    files: { "cert.pem": CERT, "key.pem": KEY },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key that is encrypted": {
    files: { "cert.pem": CERT, "key.pem": KEY.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE") },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key in the certificate's place": {
    files: { "cert.pem": KEY, "key.pem": KEY },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a password in an address of ssh": { args: ["-H", `ssh://me:${SECRET}@far`, "attach", "box"] },
  "a password in an address of TCP": { args: ["-H", `tcp://me:${SECRET}@far:1`, "attach", "box"] },
};

for (const [what, { files = {}, args, env, engine: script, sentAs }] of Object.entries(CASES)) {
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
      assertStringIncludes(stderr, "dockerpty");
      for (const form of FORMS) assert(!`${text}${stderr}`.includes(form), stderr);
      if (sentAs === undefined) return;
      const { body, headers } = engine.call(sentAs.route);
      const sent = sentAs.in === "body"
        ? JSON.stringify(body)
        : atob(headers.get(sentAs.in)!.replaceAll("-", "+").replaceAll("_", "/"));
      assertStringIncludes(sent, SECRET);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** What is to be seen of an error by who looks as deep as can be. */
function shown(error: unknown): string {
  const parts = [
    Deno.inspect(error, { depth: Infinity, showHidden: true, strAbbreviateSize: 1e9 }),
  ];
  for (let at = error; at instanceof Error; at = at.cause) {
    parts.push(String(at), String(at.stack), JSON.stringify({ ...at }));
  }
  return parts.join("\n");
}

const AUTHS: Record<string, RegistryAuth> = {
  "a password": { username: "ann", password: SECRET },
  "an identity token": { identityToken: SECRET },
  "a registry token": { registryToken: SECRET },
};

/** How a pull fails. */
const FAILED_PULLS: Record<string, (engine: ServedEngine, abort: () => void) => void> = {
  "is refused": refuses("POST /images/create"),
  "is denied": (engine) => {
    const message = "unauthorized: authentication required";
    engine.on("POST /images/create", () => json(401, { message }));
  },
  "fails on its way": answers("POST /images/create", '{"error":"no"}\n'),
  "is no JSON": answers("POST /images/create", "oops\n"),
  "is cut": (engine) => engine.on("POST /images/create", ({ connection }) => connection.close()),
  "is given up": (engine, abort) => engine.on("POST /images/create", () => abort()),
};

for (const [what, auth] of Object.entries(AUTHS)) {
  Deno.test(`security: secrets: not shown, by the library: ${what} as auth`, LIMITED, async () => {
    for (const [how, script] of Object.entries(FAILED_PULLS)) {
      await using engine = new ServedEngine();
      const controller = new AbortController();
      script(engine, () => controller.abort(new Error("given up")));
      const client = new Client({ endpoint: engine.host });
      const options = { auth, pull: "always", signal: controller.signal } as const;
      const error = await client.run(IMAGE, ["x"], options).then(() => null, (error) => error);
      assert(error instanceof Error, how);
      const text = `${shown(error)}\n${shown(client)}`;
      for (const form of FORMS) assert(!text.includes(form), `${how}: ${text}`);
      const sent = engine.call("POST /images/create").headers.get("x-registry-auth")!;
      assertStringIncludes(atob(sent.replaceAll("-", "+").replaceAll("_", "/")), SECRET);
    }
  });
}

/** Options that cannot be used; programs may be written without types. */
const UNUSABLE: Record<string, Record<string, unknown>> = {
  "an auth that is a text": { auth: `ann:${SECRET}` },
  "an auth that is a list": { auth: [SECRET] },
  "an auth without what it needs": { auth: { password: SECRET } },
  "a variable without a name": { env: [`=${SECRET}`] },
  "a variable without a name, in an object": { env: { "": SECRET } },
  "a variable with NUL in it": { env: { TOKEN: `${SECRET}\0` } },
  "variables in one text": { env: `TOKEN=${SECRET}` },
  "a create request in a text": { create: JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
};

for (const [what, unusable] of Object.entries(UNUSABLE)) {
  Deno.test(`security: secrets: not shown, by the library: ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    refuses("POST /images/create")(engine);
    const client = new Client({ endpoint: engine.host });
    const options: RunOptions = { pull: "always", ...unusable };
    const error = await client.run(IMAGE, ["x"], options).then(() => null, (error) => error);
    assert(error instanceof Error);
    for (const form of FORMS) assert(!shown(error).includes(form), String(error));
  });
}

/** Something at a port, and which key a client has that comes there. */
interface Place {
  /** What it does with a connection; without, there is nobody. */
  serve?: (connection: Deno.Conn) => Promise<unknown>;
  /** Whose certificate it has: it does not speak TLS without. */
  certificate?: "trusted" | "another's";
  flags?: string[];
  /** Whether the client's key is another's than the certificate's. */
  mismatched?: boolean;
}

const answer500 = async (connection: Deno.Conn) => {
  await connection.read(new Uint8Array(65536));
  const text = '{"message":"no"}';
  const head = `HTTP/1.1 500 No\r\nContent-Length: ${text.length}\r\n\r\n`;
  await connection.write(bytes(head + text));
};
const PLACES: Record<string, Place> = {
  "nobody is there": {},
  "the connection is closed at once": { serve: () => Promise.resolve() },
  "there is no TLS": { serve: (connection) => connection.write(bytes("HTTP/1.0 400 No\r\n\r\n")) },
  "the certificate is another's": { certificate: "another's", serve: answer500 },
  "the engine refuses": { certificate: "trusted", serve: answer500 },
  "the engine refuses, unverified": {
    certificate: "another's",
    serve: answer500,
    flags: ["--tls", "--tlsverify=false"],
  },
  "there is no TLS, unverified": {
    serve: (connection) => connection.write(bytes("HTTP/1.0 400 No\r\n\r\n")),
    flags: ["--tls", "--tlsverify=false"],
  },
  "its certificate is another": { certificate: "trusted", serve: answer500, mismatched: true },
};

const noOpenssl = findCommand("openssl") === undefined ? "there is no openssl" : undefined;
for (const [where, place] of Object.entries(PLACES)) {
  const name = `security: secrets: not shown, with --debug: a client's key, where ${where}`;
  if (noOpenssl) console.error(`SKIPPED ${name}: ${noOpenssl}`);
  Deno.test(name, { ...LIMITED, ignore: noOpenssl !== undefined }, async () => {
    const { serve, certificate, flags = ["--tlsverify"], mismatched = false } = place;
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      const [authority, another] = await Promise.all([
        Authority.make(folder, "authority"),
        Authority.make(folder, "another"),
      ]);
      const [own, others] = [await authority.issue("client"), await another.issue("client")];
      const key = mismatched ? others.key : own.key;
      const by = certificate === "trusted" ? authority : another;
      const server = await by.issue("server", { host: "IP:127.0.0.1" });
      await using at = listen(
        serve,
        certificate && {
          cert: await Deno.readTextFile(server.cert),
          key: await Deno.readTextFile(server.key),
        },
      );
      const tls = ["--tlscacert", authority.ca, "--tlscert", own.cert, "--tlskey", key];
      const result = await run(
        ["--debug", "-H", `tcp://127.0.0.1:${at.port}`, ...flags, ...tls, "attach", "box"],
        { env: { DOCKER_CONTEXT: "", DOCKER_CONFIG: folder } },
      );
      const { code, text, stderr } = result;
      assert(code > 0, "it is an error");
      assertStringIncludes(stderr, "dockerpty");
      // It came as far as it was to come, so that the key was there to be shown.
      if (where.startsWith("the engine refuses")) assertStringIncludes(stderr, "500");
      if (where === "its certificate is another") assertMatch(stderr, /key/);
      const secret = (await Deno.readTextFile(key)).replaceAll(/-----[^-]+-----|\s/g, "");
      for (let at = 0; at + 16 <= secret.length; at += 8) {
        assert(!`${text}${stderr}`.includes(secret.slice(at, at + 16)), stderr);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Listens at a port of this machine; where nobody serves, at none that anybody has. */
function listen(
  serve: Place["serve"],
  tls?: { cert: string; key: string },
): { port: number } & AsyncDisposable {
  if (serve === undefined) return { port: 1, [Symbol.asyncDispose]: async () => {} };
  const place = { hostname: "127.0.0.1", port: 0 };
  const listener = tls ? Deno.listenTls({ ...place, ...tls }) : Deno.listen(place);
  const one = async (connection: Deno.Conn) => {
    try {
      await serve(connection);
    } catch {
      // The client has left.
    }
    connection.close();
  };
  const serving = (async () => {
    const served: Promise<void>[] = [];
    try {
      while (true) served.push(one(await listener.accept()));
    } catch {
      // It was closed.
    }
    await Promise.all(served);
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}

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
      assertEquals(recording.includes(SECRET), typed, recording);
      for (const form of FORMS.slice(1)) assert(!recording.includes(form), recording);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
