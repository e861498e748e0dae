import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../../src/cli/args.ts";
import { UsageError } from "../../../src/cli/args.ts";
import { describePermissions, PERMISSIONS } from "../../../src/cli/verbs/permissions.ts";
import type { Surroundings } from "../../../src/transport/local_files.ts";
import { surroundings } from "../../fakes/surroundings.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";

function around(
  variables: Record<string, string>,
  files: Record<string, string> = {},
): Surroundings {
  const { env, readFile, exists } = surroundings(variables, files);
  return { env, read: readFile, exists };
}

const SOCKET = { "/var/run/docker.sock": "socket" };
const grants = (path: string) =>
  `--allow-read=${path} --allow-write=${path} --allow-net=unix:${path}`;

Deno.test("permissions: an engine that is given by hand takes the line and nothing more", async () => {
  assertEquals(await describePermissions({ host: "unix:///a.sock" }, around({})), {
    line: grants("/a.sock"),
  });
  assertEquals(await describePermissions({ host: "ssh://me@far" }, around({})), {
    line: "--allow-run=ssh",
  });
  const tls = { host: "tcp://h", tlsVerify: true, tlsFiles: { ca: "/ca.pem" } };
  assertEquals(await describePermissions(tls, around({})), {
    line: "--allow-net=h:2376 --allow-read=/ca.pem",
  });
});

Deno.test("permissions: so does Docker's own socket", async () => {
  const found = await describePermissions({}, around({ HOME: "/home/me" }, SOCKET));
  assertEquals(found, { line: grants("/var/run/docker.sock") });
});

Deno.test("permissions: a line is for a shell to take", async () => {
  const { line } = await describePermissions({ host: "unix:///a b's" }, around({}));
  assertEquals(line.split(" '")[0], `'--allow-read=/a b'\\''s'`);
  const address = await describePermissions({ host: "tcp://[::1]" }, around({}));
  assertEquals(address.line, "'--allow-net=[::1]:2375'");
});

Deno.test("permissions: what the engine was found by is told, and how to do without", async () => {
  const byHost = await describePermissions({}, around({ DOCKER_HOST: "unix:///a" }, SOCKET));
  assertEquals(byHost, {
    line: `${grants("/a")} --allow-env=DOCKER_HOST`,
    note: "the engine was found by DOCKER_HOST; with --host unix:///a it takes no " +
      "--allow-env=DOCKER_HOST",
  });
  const variables = { DOCKER_HOST: "tcp://h", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/c" };
  const byTls = await describePermissions({}, around(variables, { "/c/ca.pem": "" }));
  assertEquals(byTls, {
    line: "--allow-net=h:2376 --allow-read=/c/ca.pem " +
      "--allow-env=DOCKER_HOST,DOCKER_TLS_VERIFY,DOCKER_CERT_PATH",
    note: "the engine was found by DOCKER_HOST and DOCKER_TLS_VERIFY and DOCKER_CERT_PATH; with " +
      "--host tcp://h:2376 --tlsverify --tlscacert /c/ca.pem it takes no " +
      "--allow-env=DOCKER_HOST,DOCKER_TLS_VERIFY,DOCKER_CERT_PATH",
  });
});

Deno.test("permissions: so are a context's files", async () => {
  // The SHA-256 of "a"
  const folder = "contexts/meta/ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  const path = `/config/${folder}/meta.json`;
  const meta = '{"Endpoints":{"docker":{"Host":"unix:///a"}}}';
  const files = around({ DOCKER_CONFIG: "/config" }, { [path]: meta });
  assertEquals(await describePermissions({ context: "a" }, files), {
    line: `${grants("/a")} --allow-env=DOCKER_CONFIG --allow-read=${path}`,
    note: "the engine was found by DOCKER_CONFIG; with --host unix:///a it takes no " +
      `--allow-env=DOCKER_CONFIG --allow-read=${path}`,
  });
});

Deno.test("permissions: of a command that there is not, or that needs none", async () => {
  for (const name of ["nope", "completion", "__complete"]) {
    const run = () =>
      PERMISSIONS.run(parseArguments([name], []), {
        client: {},
        dockerConfig: () => Promise.resolve({}),
        terminal: new FakeTerminal([]),
        print: () => {},
        note: () => {},
      });
    await assertRejects(run, UsageError, name);
  }
});
