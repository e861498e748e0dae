import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EndpointError } from "../../../src/errors.ts";
import { resolveEndpoint } from "../../../src/transport/context.ts";
import { contextNames } from "../../../src/transport/docker_context.ts";
import { surroundings } from "../../fakes/surroundings.ts";

// The SHA-256 of "abc" (FIPS 180-2, appendix B.1)
const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const META = `/home/me/.docker/contexts/meta/${HASH}/meta.json`;
const TLS = `/home/me/.docker/contexts/tls/${HASH}/docker`;

/** The context `abc` in a home that holds these files. */
function resolve(files: Record<string, string | undefined>, variables = { HOME: "/home/me" }) {
  return resolveEndpoint({ ...surroundings(variables, files), context: "abc" });
}

/** A context's description. */
function meta(docker: unknown): string {
  return JSON.stringify({ Name: "abc", Metadata: {}, Endpoints: { docker } });
}

Deno.test("a context is found by the hash of its name", async () => {
  const files = { [META]: meta({ Host: "ssh://me@far", SkipTLSVerify: false }) };
  assertEquals(await resolve(files), { transport: "ssh", user: "me", hostname: "far" });
});

Deno.test("a context is looked for in DOCKER_CONFIG before the home folder", async () => {
  const files = {
    [META]: meta({ Host: "unix:///home" }),
    [META.replace("/home/me/.docker", "/etc/docker-config")]: meta({ Host: "unix:///config" }),
  };
  const variables = { HOME: "/home/me", DOCKER_CONFIG: "/etc/docker-config" };
  assertEquals(await resolve(files, variables), { transport: "unix", path: "/config" });
});

Deno.test("a context's TLS files are used, those that there are", async () => {
  const files = { [META]: meta({ Host: "tcp://h" }), [`${TLS}/ca.pem`]: "a" };
  const endpoint = { transport: "tcp" as const, hostname: "h", port: 2376 };
  assertEquals(await resolve(files), { ...endpoint, tls: { ca: `${TLS}/ca.pem` } });
  const all = { ...files, [`${TLS}/cert.pem`]: "b", [`${TLS}/key.pem`]: "c" };
  assertEquals(await resolve(all), {
    ...endpoint,
    tls: { ca: `${TLS}/ca.pem`, cert: `${TLS}/cert.pem`, key: `${TLS}/key.pem` },
  });
});

Deno.test("a context may take any certificate, and says so itself", async () => {
  const files = { [META]: meta({ Host: "tcp://h", SkipTLSVerify: true }) };
  const endpoint = { transport: "tcp" as const, hostname: "h", port: 2376 };
  assertEquals(await resolve(files), { ...endpoint, tls: { skipVerify: true } });
  const verified = { [META]: meta({ Host: "tcp://h", SkipTLSVerify: false }) };
  assertEquals(await resolve(verified), { ...endpoint, port: 2375 });
});

Deno.test("a context that is not there, or may not be read, says where it was looked for", async () => {
  const missing = await assertRejects(() => resolve({}), EndpointError, '"abc"');
  assertStringIncludes(missing.message, META);
  const hidden = await assertRejects(() => resolve({ [META]: undefined }), EndpointError, '"abc"');
  assertStringIncludes(hidden.message, "--allow-read=/home/me/.docker");
  const homeless = await assertRejects(
    () => resolveEndpoint({ ...surroundings({}), context: "abc" }),
    EndpointError,
    '"abc"',
  );
  assertStringIncludes(homeless.message, "--allow-env=");
});

for (
  const content of ["{", "[]", "null", "7", "{}", meta(undefined), meta({}), meta({ Host: "" })]
) {
  Deno.test(`a context that holds ${content} is refused`, async () => {
    await assertRejects(() => resolve({ [META]: content }), EndpointError);
  });
}

Deno.test("a configuration that is not JSON is refused, and its path is said", async () => {
  const files = { "/home/me/.docker/config.json": "{" };
  const around = surroundings({ HOME: "/home/me" }, files);
  const path = "/home/me/.docker/config.json";
  await assertRejects(() => resolveEndpoint(around), EndpointError, path);
});

Deno.test("a configuration that is not there, may not be read or chooses nothing is passed over", async () => {
  for (const content of [null, undefined, "", "{}", '{"currentContext":""}', '{"auths":{}}']) {
    const files: Record<string, string | undefined> = { "/var/run/docker.sock": "socket" };
    if (content !== null) files["/home/me/.docker/config.json"] = content;
    const endpoint = await resolveEndpoint(surroundings({ HOME: "/home/me" }, files));
    assertEquals(endpoint, { transport: "unix", path: "/var/run/docker.sock" });
  }
});

Deno.test("the contexts there are, without what is none or has no name that docker gives", async () => {
  const folder = META.replace(`/${HASH}/meta.json`, "");
  const named = (id: string, Name: unknown) => ({
    [`${folder}/${id}/meta.json`]: JSON.stringify({ Name }),
  });
  const files = {
    ...named("1", "far"),
    ...named("2", "a.near+1"),
    ...named("3", "x\x1b[2J"),
    ...named("4", 5),
    [`${folder}/5/meta.json`]: "{",
  };
  const { env, readFile } = surroundings({ HOME: "/home/me" }, files);
  const list = (asked: string) => {
    assertEquals(asked, folder);
    return Promise.resolve(["1", "2", "3", "4", "5", "6"]);
  };
  assertEquals(await contextNames({ env, read: readFile }, list), ["default", "a.near+1", "far"]);
});
