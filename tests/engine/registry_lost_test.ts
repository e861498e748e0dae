import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Client } from "../../mod.ts";
import { runPiped, underTest } from "../harness/command.ts";
import { containerToCome } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { Registry, removeImages, testWithRegistry } from "../harness/registry.ts";
import { TcpRelay } from "../harness/tcp_relay.ts";
import { Live } from "./live.ts";
import { bare } from "./piped.ts";

/** A layer that takes a while, and where in it the registry is lost. */
const LAYER = 8_000_000;
const after = 2_000_000;

// The engine tries again after 5, 10, 15, 20 and, before version 23, 25 seconds, then it gives up.
testWithRegistry(
  "registry: gone in the middle of a pull: 125, and nothing is created",
  async () => {
    await using registry = await Registry.start();
    const image = await registry.push("half:1", [LAYER]);
    await using relay = new TcpRelay(registry.port, { after, loss: "gone" });
    const half = image.replace(registry.host, relay.host);
    await using box = containerToCome();
    const { code, text, stderr } = await runPiped(
      ["run", "--name", box.name, ...bare, half, "true"],
      { timeout: 90_000 },
    );
    assertEquals({ code, text }, { code: 125, text: "" }, stderr);
    assertMatch(stderr, /^[0-9a-f]{12}: Retrying in 5 seconds\n/m);
    if (underTest === "dockerpty") {
      assertMatch(stderr, /\ndockerpty run: [^\n]*connection refused\n$/);
    }
    assert(!await box.exists());
    await removeImages(relay.host);
  },
  { limit: 100_000 },
);

testWithRegistry("registry: an abort ends the pull, at the engine too", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("half:1", [LAYER]);
  await using relay = new TcpRelay(registry.port, { after, loss: "silent" });
  await using box = containerToCome();
  const abort = new AbortController();
  const reason = new Error("enough");
  const running = assertRejects(() =>
    new Client().run(image.replace(registry.host, relay.host), ["true"], {
      name: box.name,
      network,
      signal: abort.signal,
    })
  );
  await relay.lost;
  abort.abort(reason);
  assertEquals(await running, reason);
  await relay.left;
  assert(!await box.exists());
});

testWithRegistry("registry: ctrl-c ends the pull, at the engine too", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("half:1", [LAYER]);
  await using relay = new TcpRelay(registry.port, { after, loss: "silent" });
  await using box = containerToCome();
  const half = image.replace(registry.host, relay.host);
  await using live = new Live(["run", "--name", box.name, ...bare, half, "true"]);
  await relay.lost;
  live.kill("SIGINT");
  const { code } = await live.end();
  assertEquals(code, 130);
  await relay.left;
  assert(!await box.exists());
});
