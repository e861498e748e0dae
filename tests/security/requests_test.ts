/** Names, ids and paths in requests: they reach the engine as they are, or nothing is sent. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import * as containers from "../../src/engine/containers.ts";
import { Engine } from "../../src/engine/engine.ts";
import * as execs from "../../src/engine/execs.ts";
import * as images from "../../src/engine/images.ts";
import * as names from "../../src/engine/names.ts";
import { DockerptyError, InvalidOptionError } from "../../src/errors.ts";
import { type FakeCall, FakeEngine } from "../fakes/engine.ts";

const NEVER = new AbortController().signal;

/** Where a call puts the text that it is given. */
interface Call {
  make: (engine: Engine, text: string) => Promise<unknown>;
  /** The request with `TEXT` for it: the path's segments, and the query. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
}

const SIZE = { rows: 1, columns: 2 };
const ATTACH = { stdin: true, stdout: true, stderr: false };
const READS_NO_NAME = ["containerNames", "imageNames", "networkNames", "volumeNames"];

/** Every call that is given a text, by the function that makes it. */
const CALLS: Record<string, Call[]> = {
  createContainer: [
    {
      make: (engine, name) => containers.createContainer(engine, {}, { name }),
      path: "POST containers/create",
      query: { name: "TEXT" },
    },
    {
      make: (engine, platform) => containers.createContainer(engine, {}, { platform }),
      path: "POST containers/create",
      query: { platform: "TEXT" },
    },
    {
      make: (engine, text) => containers.createContainer(engine, { Image: text, Cmd: [text] }),
      path: "POST containers/create",
      body: { Image: "TEXT", Cmd: ["TEXT"] },
    },
  ],
  inspectContainer: [{ make: containers.inspectContainer, path: "GET containers/TEXT/json" }],
  startContainer: [{ make: containers.startContainer, path: "POST containers/TEXT/start" }],
  attachContainer: [{
    make: (engine, id) => containers.attachContainer(engine, id, ATTACH),
    path: "POST containers/TEXT/attach",
    query: { stream: "1", stdin: "1", stdout: "1" },
  }],
  waitContainer: [{
    make: (engine, id) => containers.waitContainer(engine, id, "removed", NEVER),
    path: "POST containers/TEXT/wait",
    query: { condition: "removed" },
  }],
  containerLogs: [{
    make: (engine, id) => containers.containerLogs(engine, id, 3),
    path: "GET containers/TEXT/logs",
    query: { stdout: "1", stderr: "1", tail: "3" },
  }],
  containerTop: [{
    make: (engine, id) => containers.containerTop(engine, id, "-eo pid"),
    path: "GET containers/TEXT/top",
    query: { ps_args: "-eo pid" },
  }],
  resizeContainer: [{
    make: (engine, id) => containers.resizeContainer(engine, id, SIZE),
    path: "POST containers/TEXT/resize",
    query: { h: "1", w: "2" },
  }],
  killContainer: [
    {
      make: (engine, id) => containers.killContainer(engine, id, "SIGTERM"),
      path: "POST containers/TEXT/kill",
      query: { signal: "SIGTERM" },
    },
    {
      make: (engine, signal) => containers.killContainer(engine, "box", signal),
      path: "POST containers/box/kill",
      query: { signal: "TEXT" },
    },
  ],
  removeContainer: [{
    make: (engine, id) => containers.removeContainer(engine, id, { force: true }),
    path: "DELETE containers/TEXT",
    query: { force: "1", v: "1" },
  }],
  createExec: [
    {
      make: (engine, id) => execs.createExec(engine, id, { Cmd: ["x"] }),
      path: "POST containers/TEXT/exec",
      body: { Cmd: ["x"] },
    },
    {
      make: (engine, text) => execs.createExec(engine, "box", { Cmd: [text], Env: [text] }),
      path: "POST containers/box/exec",
      body: { Cmd: ["TEXT"], Env: ["TEXT"] },
    },
  ],
  startExec: [{
    make: (engine, id) => execs.startExec(engine, id, { tty: true }),
    path: "POST exec/TEXT/start",
    body: { Detach: false, Tty: true },
  }],
  startExecDetached: [{
    make: (engine, id) => execs.startExecDetached(engine, id, { tty: true }),
    path: "POST exec/TEXT/start",
    body: { Detach: true, Tty: true },
  }],
  resizeExec: [{
    make: (engine, id) => execs.resizeExec(engine, id, SIZE),
    path: "POST exec/TEXT/resize",
    query: { h: "1", w: "2" },
  }],
  inspectExec: [{ make: execs.inspectExec, path: "GET exec/TEXT/json" }],
  hasImage: [{ make: images.hasImage, path: "GET images/TEXT/json" }],
  pullImage: [
    {
      make: (engine, platform) => images.pullImage(engine, "a:b", { platform }, () => {}),
      path: "POST images/create",
      query: { fromImage: "a", tag: "b", platform: "TEXT" },
    },
    {
      make: (engine, text) => {
        const auth = { username: text, password: text };
        return images.pullImage(engine, "host:1/a:b", { auth }, () => {});
      },
      path: "POST images/create",
      query: { fromImage: "host:1/a", tag: "b" },
    },
  ],
};

/** What somebody may call a thing. */
const TEXTS: Record<string, string> = {
  "a step up": "..",
  "a step up and more": "../x",
  "steps up in the middle": "a/../../b",
  "a step up at the end": "a/..",
  "a dot": ".",
  "nothing": "",
  "a query": "a?force=1&b",
  "a fragment": "a#b",
  "a line end and a header": "a\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1",
  "NUL": "a\0b",
  "Unicode": "名前-é-😀",
  "half a character": "a\ud800",
  "what is encoded already": "%2e%2e%2fa",
  "blanks and pluses": "a b+c",
  "a slash in front": "/web",
};

/** The headers of requests. */
const KNOWN = ["host", "content-type", "content-length", "connection", "upgrade"];

/** Makes a call; resolves to what reached the engine, and to the error. */
async function sent(call: Call, text: string): Promise<{ calls: FakeCall[]; error: unknown }> {
  const fake = new FakeEngine();
  const engine = new Engine({ transport: "unix", path: "/fake" }, fake.dial, "1.41");
  const error = await call.make(engine, text).then(() => undefined, (error) => error);
  engine.close();
  return { calls: fake.calls, error };
}

const isOfPath = ({ path }: Call) => path.includes("TEXT");

for (const [name, calls] of Object.entries(CALLS)) {
  for (const [what, text] of Object.entries(TEXTS)) {
    Deno.test(`security: requests: ${name} with ${what} (${JSON.stringify(text)})`, async () => {
      for (const call of calls) {
        const leadsElsewhere = !text.isWellFormed() ||
          text.replace(/^\//, "").split("/").some((part) => /^\.{0,2}$/.test(part));
        const { calls, error } = await sent(call, text);
        if (isOfPath(call) && leadsElsewhere) {
          assert(error instanceof InvalidOptionError, `${error}`);
          assertEquals(calls, []);
          continue;
        }
        // The fake knows no such thing, and says so in the way of engines.
        if (error !== undefined) assert(error instanceof DockerptyError, `${error}`);
        assertEquals(calls.length, 1);
        const [{ method, target, headers, body }] = calls;
        const put = (template: string) => template.replace("TEXT", () => text.toWellFormed());
        const [path, query = ""] = target.split("?");
        const segments = path.split("/").map(decodeURIComponent);
        const [wantedMethod, wantedPath] = call.path.split(" ");
        assertEquals([method, ...segments], [
          ...[wantedMethod, "", "v1.41"],
          ...wantedPath.split("/").map((part) => put(part).replace(/^\//, "")),
        ]);
        const wanted = Object.entries(call.query ?? {}).map(([key, value]) => [key, put(value)]);
        assertEquals([...new URLSearchParams(query)], wanted);
        const others = [...headers.keys()].filter((key) => !KNOWN.includes(key));
        assertEquals(others.every((key) => key === "x-registry-auth"), true, others.join());
        if (call.body !== undefined) {
          assertEquals(
            body,
            JSON.parse(JSON.stringify(call.body, (_, value) => {
              return value === "TEXT" ? text : value;
            })),
          );
        }
      }
    });
  }
}

/** Where in an image's name somebody may put a text. */
const REFERENCES: Record<string, (text: string) => string> = {
  "the name": (text) => text,
  "the name's end": (text) => `host:1/a/${text}`,
  "the registry": (text) => `${text}/a:b`,
  "the tag": (text) => `host:1/a:${text}`,
  "the digest": (text) => `host:1/a@${text}`,
};

const IMAGES = {
  ...TEXTS,
  "another image": "a&fromImage=b",
  "a digest": "@sha256:0",
  "tags": ":b:c",
};

for (const [where, reference] of Object.entries(REFERENCES)) {
  Deno.test(`security: requests: pullImage with an image that has it in ${where}`, async () => {
    for (const text of Object.values(IMAGES)) {
      const image = reference(text);
      const auth = { username: "ann", password: "secret" };
      const make = (engine: Engine) => images.pullImage(engine, image, { auth }, () => {});
      const { calls, error } = await sent({ make, path: "" }, "");
      assert(error instanceof DockerptyError, `${error}`);
      assertEquals(calls.length, 1, image);
      const [{ method, target, query, headers, body }] = calls;
      // It may be no image's name at all: it is one for the engine to refuse, and nothing else.
      assertEquals([method, target.split("?").length], ["POST", 2], target);
      assertEquals([target.split("?")[0], body], ["/v1.41/images/create", undefined]);
      assertEquals([...query.keys()], ["fromImage", "tag"], target);
      const [name, tag] = [...query.values()];
      const known = image.toWellFormed();
      const again = [`${name}:${tag}`, `${name}@${tag}`, tag === "latest" ? name : undefined];
      const digest = known.indexOf("@");
      // Beside a digest, a tag says nothing.
      if (digest !== -1) assertEquals(tag, known.slice(digest + 1));
      else assert(again.includes(known), `${JSON.stringify(known)}: ${again.join(" or ")}`);
      assert(digest === -1 || known.startsWith(name), name);
      const others = [...headers.keys()].filter((key) => !KNOWN.includes(key));
      assertEquals(others, ["x-registry-auth"]);
      assertMatch(headers.get("x-registry-auth")!, /^[\w-]+=*$/);
    }
  });
}

Deno.test("security: requests: every function that makes a call is among these", () => {
  const functions = Object.entries({ ...containers, ...execs, ...images, ...names })
    .flatMap(([name, value]) => typeof value === "function" ? [name] : []);
  assertEquals(functions.sort(), [...Object.keys(CALLS), ...READS_NO_NAME].sort());
});

Deno.test("security: requests: an answer that leads elsewhere is an error, and is not followed", async () => {
  const fake = new FakeEngine();
  fake.on("GET /containers/box/json", () => {
    return "HTTP/1.1 301 Moved Permanently\r\nLocation: /v1.41/info\r\nContent-Length: 0\r\n\r\n";
  });
  const engine = new Engine({ transport: "unix", path: "/fake" }, fake.dial, "1.41");
  const asking = () => containers.inspectContainer(engine, "box");
  await assertRejects(asking, DockerptyError, "the engine answered 301 to GET");
  assertEquals(fake.routes, ["GET /containers/box/json"]);
  engine.close();
});
