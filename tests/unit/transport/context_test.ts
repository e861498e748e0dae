import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EndpointError } from "../../../src/errors.ts";
import { resolveEndpoint } from "../../../src/transport/context.ts";
import { surroundings } from "../../fakes/surroundings.ts";

const SOCKET = { "/var/run/docker.sock": "socket" };

/** The unix socket at a path. */
function unix(path: string) {
  return { transport: "unix" as const, path };
}

/** A TCP port in the clear. */
function tcp(hostname: string) {
  return { transport: "tcp" as const, hostname, port: 2375 };
}

/** Docker's configuration with two contexts, the second of which is the current one. */
const CONTEXTS = {
  // The SHA-256 of "a", and of "b"
  "/config/contexts/meta/ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb/meta.json":
    '{"Endpoints":{"docker":{"Host":"unix:///a"}}}',
  "/config/contexts/meta/3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d/meta.json":
    '{"Endpoints":{"docker":{"Host":"unix:///b"}}}',
  "/config/config.json": '{"currentContext":"b"}',
};

Deno.test("what goes before what: a context or a host given, then the environment, then the files", async () => {
  const files = { ...CONTEXTS, ...SOCKET };
  const config = { DOCKER_CONFIG: "/config" };
  const chosen = { ...config, DOCKER_CONTEXT: "a" };
  const all = surroundings({ ...chosen, DOCKER_HOST: "tcp://env" }, files);
  assertEquals(await resolveEndpoint({ ...all, context: "b" }), unix("/b"));
  assertEquals(await resolveEndpoint({ ...all, host: "tcp://given" }), tcp("given"));
  assertEquals(await resolveEndpoint(all), tcp("env"));
  assertEquals(await resolveEndpoint(surroundings(chosen, files)), unix("/a"));
  assertEquals(await resolveEndpoint(surroundings(config, files)), unix("/b"));
  assertEquals(await resolveEndpoint(surroundings({}, files)), unix("/var/run/docker.sock"));
});

Deno.test("a context and a host at once are refused", async () => {
  await assertRejects(
    () => resolveEndpoint({ ...surroundings({}), context: "a", host: "b" }),
    EndpointError,
    "both",
  );
});

Deno.test("what is empty is not given", async () => {
  const variables = { DOCKER_HOST: "", DOCKER_CONTEXT: "" };
  const source = { ...surroundings(variables, SOCKET), host: "", context: "" };
  assertEquals(await resolveEndpoint(source), unix("/var/run/docker.sock"));
});

Deno.test("the default context means the usual sockets", async () => {
  for (const variables of [{ DOCKER_CONTEXT: "default" }, { DOCKER_CONFIG: "/config" }]) {
    const files = { "/config/config.json": '{"currentContext":"default"}', ...SOCKET };
    const endpoint = await resolveEndpoint(surroundings(variables, files));
    assertEquals(endpoint, unix("/var/run/docker.sock"));
  }
});

Deno.test("the first of the usual sockets that is there is taken, the system's before the user's", async () => {
  const variables = { XDG_RUNTIME_DIR: "/run/user/7", HOME: "/home/me" };
  const usual = [
    "/var/run/docker.sock",
    "/run/user/7/docker.sock",
    "/run/user/7/podman/podman.sock",
    "/home/me/.docker/run/docker.sock",
    "/home/me/.docker/desktop/docker.sock",
    "/home/me/.colima/default/docker.sock",
    "/home/me/.orbstack/run/docker.sock",
    "/run/podman/podman.sock",
  ];
  for (let first = 0; first < usual.length; first++) {
    const files = Object.fromEntries(usual.slice(first).map((path) => [path, "socket"]));
    assertEquals(await resolveEndpoint(surroundings(variables, files)), unix(usual[first]));
  }
  const error = await assertRejects(() => resolveEndpoint(surroundings(variables)), EndpointError);
  for (const path of [...usual, "DOCKER_HOST"]) assertStringIncludes(error.message, path);
});

Deno.test("docker's socket is tried also where it may not be looked at, others are not", async () => {
  const hidden = { "/var/run/docker.sock": undefined, "/run/podman/podman.sock": "socket" };
  assertEquals(await resolveEndpoint(surroundings({}, hidden)), unix("/var/run/docker.sock"));
  const other = { "/run/user/7/docker.sock": undefined, "/run/podman/podman.sock": "socket" };
  const around = surroundings({ XDG_RUNTIME_DIR: "/run/user/7" }, other);
  assertEquals(await resolveEndpoint(around), unix("/run/podman/podman.sock"));
});

const CERTIFICATES = { "/certs/ca.pem": "a", "/certs/cert.pem": "b", "/certs/key.pem": "c" };
const PATHS = { ca: "/certs/ca.pem", cert: "/certs/cert.pem", key: "/certs/key.pem" };

Deno.test("DOCKER_TLS_VERIFY asks for TLS, with the files of DOCKER_CERT_PATH", async () => {
  const variables = {
    DOCKER_HOST: "tcp://h",
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: "/certs",
  };
  const expected = { ...tcp("h"), port: 2376, tls: PATHS };
  assertEquals(await resolveEndpoint(surroundings(variables, CERTIFICATES)), expected);
  const none = { ...variables, DOCKER_TLS_VERIFY: "" };
  assertEquals(await resolveEndpoint(surroundings(none, CERTIFICATES)), tcp("h"));
});

Deno.test("without DOCKER_CERT_PATH the files are those in docker's configuration", async () => {
  const variables = { DOCKER_CONFIG: "/certs" };
  const source = { ...surroundings(variables, CERTIFICATES), host: "h", tlsVerify: true };
  const endpoint = await resolveEndpoint(source);
  assert(endpoint.transport === "tcp");
  assertEquals(endpoint.tls, PATHS);
});

Deno.test("the engine's certificate is looked at where that is asked for, and only there", async () => {
  const around = surroundings({ DOCKER_CERT_PATH: "/certs" }, CERTIFICATES);
  const tls = async (source: { tls?: boolean; tlsVerify?: boolean; tlsFiles?: { ca: string } }) => {
    const endpoint = await resolveEndpoint({ ...around, ...source, host: "h" });
    assert(endpoint.transport === "tcp");
    return endpoint.tls;
  };
  assertEquals(await tls({}), undefined);
  assertEquals(await tls({ tls: true }), { ...PATHS, skipVerify: true });
  assertEquals(await tls({ tlsVerify: true }), PATHS);
  assertEquals(await tls({ tls: true, tlsVerify: true }), PATHS);
  const own = { ...PATHS, ca: "/own.pem" };
  assertEquals(await tls({ tlsVerify: true, tlsFiles: { ca: "/own.pem" } }), own);
});

Deno.test("a flag that switches verification off goes before the environment", async () => {
  const variables = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
  const source = { ...surroundings(variables, CERTIFICATES), host: "h", tlsVerify: false };
  assertEquals(await resolveEndpoint(source), tcp("h"));
});

Deno.test("a unix socket and ssh know nothing of TLS", async () => {
  const variables = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
  const around = surroundings(variables, CERTIFICATES);
  assertEquals(await resolveEndpoint({ ...around, host: "unix:///a" }), unix("/a"));
  const ssh = { transport: "ssh" as const, hostname: "h" };
  assertEquals(await resolveEndpoint({ ...around, host: "ssh://h" }), ssh);
});

Deno.test("a malformed DOCKER_HOST is an error that shows it", async () => {
  const around = surroundings({ DOCKER_HOST: "ftp://nowhere" });
  await assertRejects(() => resolveEndpoint(around), EndpointError, "ftp://nowhere");
});
