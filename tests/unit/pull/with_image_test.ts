import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import type { PullProgress } from "../../../src/engine/images.ts";
import { EngineError } from "../../../src/errors.ts";
import { type PullOptions, withImage } from "../../../src/session/pull.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";

const CREATE = { status: 404, method: "POST", path: "/containers/create" };
const ID = "0123456789abcdef".repeat(4);

/** Creates something that is refused so many times; tells what was asked and said. */
async function attempt(image: string, options: PullOptions, refusals: number, has = false) {
  const fake = new FakeEngine();
  fake.on("GET /images/r%3A5%2Fa/json", () => has ? json(200, {}) : json(404, { message: "no" }));
  fake.on("POST /images/create", () => json(200, { status: "Pulled" }));
  const said: PullProgress[] = [];
  let creations = 0;
  const create = () => {
    if (creations++ < refusals) throw new EngineError("No such image", CREATE);
    return Promise.resolve("created");
  };
  const engine = new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41");
  const onPull = (news: PullProgress) => said.push(news);
  const outcome = await withImage(engine, image, { onPull, ...options }, create)
    .catch((error: Error) => error.message);
  const pulls = fake.routes.filter((route) => route === "POST /images/create").length;
  return { outcome, creations, pulls, said, fake };
}

const MISSING = { status: "Unable to find image 'r:5/a:latest' locally" };
const PULLED = { status: "Pulled" };

Deno.test("an image that is there is used; one that is missing is pulled once", async () => {
  const there = await attempt("r:5/a", {}, 0);
  assertEquals([there.outcome, there.pulls, there.said], ["created", 0, []]);
  const missing = await attempt("r:5/a", {}, 1);
  assertEquals([missing.outcome, missing.pulls], ["created", 1]);
  assertEquals(missing.said, [MISSING, PULLED]);
  const stillMissing = await attempt("r:5/a", {}, 2);
  assertEquals([stillMissing.outcome, stillMissing.pulls], ["No such image", 1]);
});

Deno.test("an image is pulled first, or never", async () => {
  const always = await attempt("r:5/a", { pull: "always" }, 0);
  assertEquals([always.outcome, always.pulls, always.said], ["created", 1, [PULLED]]);
  const gone = await attempt("r:5/a", { pull: "always" }, 1);
  assertEquals([gone.outcome, gone.pulls, gone.creations], ["No such image", 1, 1]);
  const never = await attempt("r:5/a", { pull: "never" }, 1);
  const why = "the image is not to be pulled: No such image";
  assertEquals([never.outcome, never.pulls, never.creations], [why, 0, 1]);
});

Deno.test("an image that is there for another platform is pulled for the one that is wanted", async () => {
  const { outcome, fake } = await attempt("r:5/a", { platform: "linux/arm64" }, 1, true);
  assertEquals(outcome, "created");
  assertEquals(fake.call("POST /images/create").query.get("platform"), "linux/arm64");
  const other = await attempt("r:5/a", {}, 1, true);
  assertEquals([other.outcome, other.pulls], ["No such image", 0], "something else is missing");
});

Deno.test("an image's id is no name at a registry", async () => {
  for (const id of [ID, `sha256:${ID}`]) {
    assertEquals((await attempt(id, {}, 1)).pulls, 0);
  }
});

Deno.test("credentials that are given are those that are sent", async () => {
  const auth = { identityToken: "t0k3n" };
  const { fake } = await attempt("r:5/a", { pull: "always", auth }, 0);
  const header = fake.call("POST /images/create").headers.get("x-registry-auth")!;
  const sent = JSON.parse(atob(header.replaceAll("-", "+").replaceAll("_", "/")));
  assertEquals(sent, { identitytoken: "t0k3n", serveraddress: "r:5" });
});

Deno.test("a pull that is denied for lack of credentials says why there were none", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("DOCKER_CONFIG");
  const denied = async (config: string, message: string, options: PullOptions = {}) => {
    await Deno.writeTextFile(`${folder}/config.json`, config);
    const fake = new FakeEngine();
    fake.on("POST /images/create", () => json(500, { message }));
    const engine = new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41");
    const create = () => Promise.resolve();
    const pulling = withImage(engine, "r:5/a", { pull: "always", ...options }, create);
    return (await assertRejects(() => pulling, EngineError)).message;
  };
  try {
    Deno.env.set("DOCKER_CONFIG", folder);
    const why = `; "${folder}/config.json" cannot be used: `;
    const unnamed = "cannot pull r:5/a:latest: ";
    assertEquals(await denied("{", "unauthorized"), `${unnamed}unauthorized${why}it is not JSON`);
    const entry = '{"auths":{"r:5":{"auth":"s3cret"}}}';
    const wrong = 'what it has for "r:5" is not the base64 of user:password';
    assertEquals(
      await denied(entry, "access to r:5/a denied"),
      `access to r:5/a denied${why}${wrong}`,
    );
    assertEquals(await denied("{", "no such host"), `${unnamed}no such host`);
    assertEquals(await denied("{}", "unauthorized"), `${unnamed}unauthorized`);
    const auth = { registryToken: "x" };
    assertEquals(await denied("{", "unauthorized", { auth }), `${unnamed}unauthorized`);
  } finally {
    if (before === undefined) Deno.env.delete("DOCKER_CONFIG");
    else Deno.env.set("DOCKER_CONFIG", before);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an abort ends the pull with its reason, and its connection; nothing is created", async () => {
  const fake = new FakeEngine();
  const abort = new AbortController();
  const reason = new Error("enough");
  fake.on("POST /images/create", () => {
    setTimeout(() => abort.abort(reason));
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
  });
  const engine = new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41");
  const options = { pull: "always" as const, signal: abort.signal, auth: { registryToken: "x" } };
  const pulling = withImage(engine, "a", options, () => {
    throw new Error("created");
  });
  assertEquals(await assertRejects(() => pulling), reason);
  assertEquals(fake.connections.map(({ closeCount }) => closeCount), [1]);
});
