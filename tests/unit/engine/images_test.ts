import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { hasImage, pullImage, type PullProgress } from "../../../src/engine/images.ts";
import { ConnectionError, EngineError } from "../../../src/errors.ts";
import { FakeEngine, json } from "../../fakes/engine.ts";

/** An engine to call, and the fake behind it. */
function engines(): [engine: Engine, fake: FakeEngine] {
  const fake = new FakeEngine();
  return [new Engine({ transport: "unix", path: "/fake.sock" }, fake.dial, "1.41"), fake];
}

Deno.test("an image is there or not; other refusals are errors", async () => {
  const [engine, fake] = engines();
  fake.on(
    "GET /images/a%2Fb%3Ac/json",
    () => json(200, { Id: "x" }),
    () => json(404, { message: "No such image" }),
    () => json(500, { message: "no space left" }),
  );
  assertEquals(await hasImage(engine, "a/b:c"), true);
  assertEquals(await hasImage(engine, "a/b:c"), false);
  await assertRejects(() => hasImage(engine, "a/b:c"), EngineError, "no space left");
});

/** Pulls from an engine that answers with these lines; resolves to the news. */
async function pull(lines: readonly string[], { cut = false } = {}) {
  const [engine, fake] = engines();
  fake.on("POST /images/create", async ({ connection }) => {
    await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const line of lines) {
      await connection.send(`${(line.length + 2).toString(16)}\r\n${line}\r\n\r\n`);
    }
    if (cut) connection.close();
    else await connection.send("0\r\n\r\n");
  });
  const news: PullProgress[] = [];
  const options = { platform: "linux/arm64", auth: { username: "ann", password: "s/e?cr~t" } };
  await pullImage(engine, "r:5000/a:b", options, (progress) => news.push(progress));
  return { news, fake };
}

Deno.test("a pull names the image, and reports the news as it comes", async () => {
  const detail = '{"current":5,"total":9,"units":"s"}';
  const { news, fake } = await pull([
    '{"status":"Pulling from a","id":"b"}',
    `{"status":"Extracting","progressDetail":${detail},"progress":"[=>  ]","id":"f00"}`,
    '{"status":"Done","id":"","progressDetail":null}',
    '{"status":7,"id":{}}',
    "null",
  ]);
  assertEquals(news, [
    { status: "Pulling from a", id: "b" },
    { status: "Extracting", id: "f00", progressDetail: { current: 5, total: 9, units: "s" } },
    { status: "Done" },
    { status: "" },
    { status: "" },
  ]);
  const { query } = fake.call("POST /images/create");
  const expected = [["fromImage", "r:5000/a"], ["tag", "b"], ["platform", "linux/arm64"]];
  assertEquals([...query], expected);
});

Deno.test("a pull proves who pulls, in a header", async () => {
  const { fake } = await pull([]);
  const header = fake.call("POST /images/create").headers.get("x-registry-auth")!;
  const bytes = Uint8Array.fromBase64(header, { alphabet: "base64url" });
  assertEquals(JSON.parse(new TextDecoder().decode(bytes)), {
    username: "ann",
    password: "s/e?cr~t",
    serveraddress: "r:5000",
  });
  assertEquals(header.length % 4, 0, "without its padding, engines do not take it");
});

Deno.test("an error in the middle of a pull is one, in the engine's words", async () => {
  for (
    const line of [
      '{"errorDetail":{"code":401,"message":"denied "},"error":"no"}',
      '{"error":"denied"}',
    ]
  ) {
    const error = await assertRejects(() => pull(['{"status":"Pulling"}', line]), EngineError);
    assertEquals([error.message, error.status], ["denied", 200]);
  }
});

Deno.test("a pull whose connection ends in the middle has failed", async () => {
  await assertRejects(() => pull(['{"status":"Pulling"}'], { cut: true }), ConnectionError);
});

Deno.test("a refused pull is the engine's error, and tells nobody's password", async () => {
  const [engine, fake] = engines();
  fake.on("POST /images/create", () => json(404, { message: "repository does not exist" }));
  const auth = { username: "ann", password: "s3cret" };
  const refused = () => pullImage(engine, "a", { auth }, () => {});
  const error = await assertRejects(refused, EngineError, "repository does not exist");
  const sent = fake.call("POST /images/create").headers.get("x-registry-auth")!;
  const all = Deno.inspect(error);
  assertEquals([all.includes("s3cret"), all.includes(sent)], [false, false]);
});
