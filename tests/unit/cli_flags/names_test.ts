import { assertEquals } from "@std/assert";
import { closest, editDistance, meantBy } from "../../../src/closest.ts";
import { proxyVariables, readDockerConfig } from "../../../src/cli/docker_config.ts";
import { explain } from "../../../src/cli/hints.ts";
import { EngineError } from "../../../src/errors.ts";
import type { Surroundings } from "../../../src/transport/local_files.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";

Deno.test("the distance of two words: letters put in, taken away, replaced and swapped", () => {
  const distances: [string, string, number][] = [
    ["", "", 0],
    ["web", "web", 0],
    ["wbe", "web", 1],
    ["wb", "web", 1],
    ["weeb", "web", 1],
    ["wab", "web", 1],
    ["", "web", 3],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, distance] of distances) assertEquals(editDistance(a, b), distance, `${a} ${b}`);
});

Deno.test("the word that is meant, if there is one near enough", () => {
  const words = ["web", "database", "web-1", "cache"];
  assertEquals(closest("wbe", words), "web");
  assertEquals(closest("Web", words), "web");
  assertEquals(closest("datbase", words), "database");
  assertEquals(closest("dtabsae", words), "database");
  assertEquals(closest("nosuch", words), undefined);
  assertEquals(closest("x", words), undefined);
  assertEquals(closest("wbe", []), undefined);
});

Deno.test("a name that is only begun may be any that begins so, if those are few", () => {
  assertEquals(meantBy("nuw", ["web", "nuweb", "old"]), ["nuweb"]);
  assertEquals(meantBy("Prod", ["prod-db", "prod-web", "test-web"]), ["prod-db", "prod-web"]);
  assertEquals(meantBy("web", ["web-12345", "wbe"]), ["wbe"], "a slip of the finger goes first");
  assertEquals(meantBy("job", ["job-1000", "job-2000", "job-3000", "job-4000"]), []);
  assertEquals(meantBy("", ["web"]), []);
});

function opened() {
  const engine = new FakeEngine();
  const client = {
    endpoint: { transport: "unix" as const, path: "/fake.sock" },
    dial: engine.dial,
    apiVersion: "1.41",
  };
  return { engine, client };
}

function missing(message: string): EngineError {
  return new EngineError(message, { status: 404, method: "POST", path: "/x" });
}

Deno.test("a container that is not there: its neighbour by name, without what moves a cursor", async () => {
  const { engine, client } = opened();
  engine.on(
    "GET /containers/json",
    () =>
      json(200, [{ Names: ["/we\x1b[2Jb"] }, { Names: ["/other/wbd", "/web"] }, { Names: null }]),
  );
  const hint = "no container named wbe: did you mean web?";
  assertEquals(await explain(missing("No such container: wbe"), client), hint);
  const podman = 'no container with name or ID "wbe" found: no such container';
  assertEquals(await explain(missing(podman), client), hint);
  const far = "No such container: nosuch";
  const list = "No such container: nosuch; docker ps -a lists those there are: web";
  assertEquals(await explain(missing(far), client), list);
});

Deno.test("an image that is not there, and errors that are about no name", async () => {
  const { engine, client } = opened();
  engine.on(
    "GET /images/json",
    () => json(200, [{ RepoTags: ["busybox:latest", "<none>:<none>"] }]),
  );
  const hint = "no image named busybx: did you mean busybox?";
  assertEquals(await explain(missing("No such image: busybx:latest"), client), hint);
  assertEquals(await explain(missing("page not found"), client), "page not found");
  assertEquals(await explain(new Error("x"), client), "x");
});

Deno.test("where only a container that runs can be meant, no other is offered", async () => {
  const { engine, client } = opened();
  const all = [{ Names: ["/web"] }, { Names: ["/wbe-old"] }];
  engine.on(
    "GET /containers/json",
    ({ query }) => json(200, query.has("all") ? all : all.slice(1)),
  );
  const none = missing("No such container: we");
  assertEquals(await explain(none, client), "no container named we: did you mean web?");
  assertEquals(
    await explain(none, client, { running: true }),
    "No such container: we; docker ps lists those that run: wbe-old",
  );
});

Deno.test("where names cannot be listed, the engine's message stands", async () => {
  const { client } = opened();
  const message = "No such container: wbe";
  assertEquals(await explain(missing(message), client), message);
});

function around(text: string | null | undefined, env: Record<string, string> = {}): Surroundings {
  return {
    env: (name) => ({ HOME: "/home/me", ...env })[name],
    read: (path) => Promise.resolve(path === "/home/me/.docker/config.json" ? text : null),
    exists: () => Promise.resolve(undefined),
  };
}

Deno.test("docker's configuration: keys and proxies, or nothing", async () => {
  const warned: string[] = [];
  const read = (text: string | null | undefined, env?: Record<string, string>) =>
    readDockerConfig((line) => void warned.push(line), around(text, env));
  const none = { detachKeys: undefined, proxies: undefined };
  assertEquals(await read('{"detachKeys": "ctrl-a"}'), { ...none, detachKeys: "ctrl-a" });
  assertEquals(await read('{"detachKeys": 5, "proxies": []}'), none);
  assertEquals([await read(null), await read(undefined), await read("")], [{}, {}, {}]);
  assertEquals(await read('{"detachKeys": "ctrl-a"}', { DOCKER_CONFIG: "/elsewhere" }), {});
  assertEquals(warned, []);
  assertEquals([await read("{"), await read("[]")], [{}, {}]);
  const auths = '"auths": {"r": {"auth": "s3cret"}, "s": {"auth": "Yjpj"}, "t": {}}';
  assertEquals(await read(`{${auths}, "detachKeys": "ctrl-a"}`), { ...none, detachKeys: "ctrl-a" });
  assertEquals(await read('{"auths": []}'), none);
  const path = "/home/me/.docker/config.json";
  assertEquals(warned, [
    `WARNING: cannot use "${path}": it is not JSON: line 1, column 2: expected a name in double quotes`,
    `WARNING: cannot use "${path}": it is not an object`,
    `WARNING: cannot use "${path}": what it has for "r" is not the base64 of user:password`,
    `WARNING: cannot use "${path}": its auths are not an object`,
  ]);
});

Deno.test("proxies are told in both cases, and what is set stays", () => {
  const config = {
    proxies: { default: { httpProxy: "http://p" }, "unix:///x": { noProxy: "a,b", other: "c" } },
  };
  assertEquals(proxyVariables(config, "tcp://y", []), [
    "HTTP_PROXY=http://p",
    "http_proxy=http://p",
  ]);
  assertEquals(proxyVariables(config, "unix:///x", ["NO_PROXY="]), ["no_proxy=a,b"]);
  assertEquals(proxyVariables({}, "unix:///x", []), []);
});
