/** Who gets in to the terminal in the browser, and its command line: without a browser. */
import { assertEquals, assertMatch } from "@std/assert";
import { parseOptions } from "../../examples/web_terminal/options.ts";
import { allowedOrigins, hostsOf } from "../../examples/web_terminal/origins.ts";
import { testWithEngine } from "../harness/engine.ts";
import { deadline } from "../harness/until.ts";
import { box, socketOf, WebTerminal } from "./server.ts";

testWithEngine("web: strangers are refused", async () => {
  await using target = await box();
  await using web = await WebTerminal.start("--origin", "https://proxy.example:443", target.name);
  const { origin, pathname } = new URL(web.typeUrl);
  const status = async (path: string, init?: RequestInit) => {
    const response = await fetch(origin + path, init);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status(pathname), 200);
  // The address as somebody copies it who leaves the last slash out: the page's parts are below it.
  const short = await fetch(origin + pathname.slice(0, -1), { redirect: "manual" });
  await short.body?.cancel();
  const { location, ...kept } = Object.fromEntries(short.headers);
  assertEquals([short.status, new URL(location, short.url).pathname], [302, pathname]);
  assertEquals([kept["cache-control"], kept["referrer-policy"]], ["no-store", "no-referrer"]);
  assertEquals(await status(`${pathname.slice(0, -2)}`, { redirect: "manual" }), 403);
  assertEquals(await status("/"), 403);
  assertEquals(await status("//"), 403);
  assertEquals(await status("/page.js"), 403);
  assertEquals(await status(pathname.slice(0, -2) + "/"), 403);
  assertEquals(await status(pathname.slice(0, -1) + "0/"), 403);
  assertEquals(await status(`${pathname}../../etc/passwd`), 403);
  assertEquals(await status(`${pathname}__proto__`), 404);
  assertEquals(await status(pathname, { method: "POST" }), 405);

  const way = `${pathname}session?seat=12345678&page=12345678`;
  assertEquals(await web.upgrade(way, { Origin: origin }), 101);
  const proxied = { Origin: "https://proxy.example", Host: "proxy.example" };
  assertEquals(await web.upgrade(way, proxied), 101);
  assertEquals(await web.upgrade(way, { Origin: "http://evil.example" }), 403);
  assertEquals(await web.upgrade(way, { Origin: "null" }), 403);
  assertEquals(await web.upgrade(way, {}), 403);
  assertEquals(await web.upgrade(way, { Origin: origin, Host: "evil.example" }), 403);
  const wrong = `/${"0".repeat(64)}/session?seat=12345678&page=12345678`;
  assertEquals(await web.upgrade(wrong, { Origin: origin }), 403);
  assertEquals(await web.upgrade(`${pathname}session?seat=12345678`, { Origin: origin }), 400);
  assertEquals(
    await status(`${pathname}session?seat=12345678&page=12345678`, { headers: { origin } }),
    426,
  );
});

testWithEngine("web: who may only watch is let go for typing", async () => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const socket = socketOf(web.watchUrl);
  const told: unknown[] = [];
  socket.onmessage = ({ data }) => told.push(data);
  socket.onopen = () => socket.send(new TextEncoder().encode("x"));
  const closed = new Promise((resolve) => socket.onclose = ({ code }) => resolve(code));
  assertEquals(await deadline(closed, 30_000, () => `the socket's close: ${told}`), 4003);
  assertEquals(told.filter((data) => `${data}`.includes("received")), [
    '{"received":0,"waiting":0}',
  ]);
});

Deno.test("web: a port in use is an error in one line, before the engine is asked", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const example = new URL("../../examples/web_terminal.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", example, "--run", "--port", `${port}`, "busybox", "sh"],
    // Nobody is there: an engine that was asked would be another error.
    env: { DOCKER_HOST: "unix:///nowhere/docker.sock" },
  }).output();
  const error = new TextDecoder().decode(stderr);
  assertEquals([code, stdout.length, error.split("\n").length], [125, 0, 2], error);
  assertMatch(error, new RegExp(`^cannot listen at 127\\.0\\.0\\.1:${port}: .*in use`));
});

Deno.test("web: pages come from an origin without its scheme's own port", () => {
  const origins = allowedOrigins(80, ["https://a:443", "http://b:8080", "HTTP://C"]);
  const allowed = ["http://127.0.0.1", "http://localhost", "https://a", "http://b:8080"];
  assertEquals(Array.from(origins), [...allowed, "http://c"]);
  assertEquals(Array.from(hostsOf(origins)), ["127.0.0.1", "localhost", "a", "b:8080", "c"]);
  assertEquals(Array.from(allowedOrigins(8080, [])), [
    "http://127.0.0.1:8080",
    "http://localhost:8080",
  ]);
  assertEquals(parseOptions(["--origin", "https://a:443", "box"])?.origins, ["https://a:443"]);
});

Deno.test("web: the command line", () => {
  const defaults = { run: false, port: 0, origins: [], grace: 60_000 };
  assertEquals(parseOptions(["box"]), { ...defaults, target: "box", command: [] });
  assertEquals(
    parseOptions([
      "--port=80",
      "--grace",
      "5",
      "--origin",
      "http://a",
      "--run",
      "b",
      "ls",
      "--run",
    ]),
    {
      run: true,
      port: 80,
      origins: ["http://a"],
      grace: 5000,
      target: "b",
      command: ["ls", "--run"],
    },
  );
  for (
    const line of [
      "",
      "--run",
      "--port x box",
      "--port 70000 box",
      "--grace -1 box",
      "--grace",
      "--origin http://a/path box",
      "--origin a box",
      "--origin http://a/ box",
      "--origin http://b@a box",
      "--origin data:a box",
      "--unknown box",
      "--run=1 box",
    ]
  ) assertEquals(parseOptions(line.split(" ").filter(Boolean)), undefined, line);
});
