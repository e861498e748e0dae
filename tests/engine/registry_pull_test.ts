import { assert, assertEquals, assertMatch } from "@std/assert";
import { Client, type PullProgress } from "../../mod.ts";
import { commandEnv, dockerpty, runPiped } from "../harness/command.ts";
import { containerToCome } from "../harness/engine.ts";
import { request } from "../harness/engine_api.ts";
import { network } from "../harness/network.ts";
import { Registry, removeImages, testWithRegistry } from "../harness/registry.ts";
import { Terminal } from "../harness/terminal.ts";
import { assertFailed, assertRan, bare, runRemoved } from "./piped.ts";

const hi = ["echo", "hi"];

/** What is told of a pull where stderr is no terminal. */
function told(image: string, layers: number): RegExp {
  const [, host, name, tag] = /^(.*)\/(.*):(.*)$/.exec(image)!;
  const layer = String.raw`([0-9a-f]{12}: (Pulling fs layer|Waiting|Verifying Checksum|` +
    String.raw`Download complete|Pull complete)\n)`;
  return new RegExp(
    `^${tag}: Pulling from ${name}\\n[0-9a-f]{12}: Already exists\\n${layer}{${3 * layers},}` +
      `Digest: sha256:[0-9a-f]{64}\\nStatus: Downloaded newer image for ${host}/${name}:${tag}\\n$`,
  );
}

testWithRegistry(
  "registry: a missing image is pulled, and stderr tells of it in lines",
  async () => {
    await using registry = await Registry.start();
    const image = await registry.push("told:1", [3_000_000, 1_000_000]);
    const { code, text, stderr } = await runPiped(runRemoved(image, ...hi));
    assertEquals({ code, text }, { code: 0, text: "hi\n" }, stderr);
    const [first, ...rest] = stderr.split("\n");
    assertEquals(first, `Unable to find image '${image}' locally`);
    assertMatch(rest.join("\n"), told(image, 2));
    assertRan(await runPiped(runRemoved(image, ...hi)), { stdout: "hi\n" });
  },
);

testWithRegistry("registry: --pull, with another image of that name here", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("moved:1");
  const run = (flag: string) => runPiped(runRemoved(flag, image, "sh", "-c", "ls -d /noise*"));
  assertFailed(await run("--pull=never"), 125, /image/);
  await request("POST", `/images/busybox/tag?repo=${registry.host}/moved&tag=1`);
  for (const flag of ["--pull=never", "--pull=missing"]) {
    const here = await run(flag);
    assertEquals([here.code, here.text], [1, ""]);
    assertMatch(here.stderr, /^ls: .*\n$/);
  }
  for (const status of ["Downloaded newer image for", "Image is up to date for"]) {
    const { text, stderr } = await run("--pull=always");
    assertEquals(text, "/noise-0\n");
    assert(stderr.endsWith(`\nStatus: ${status} ${image}\n`), stderr);
  }
});

testWithRegistry("registry: -q pulls and says nothing", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("quiet:1");
  assertRan(await runPiped(runRemoved("-q", image, ...hi)), { stdout: "hi\n" });
  assertRan(await runPiped(runRemoved("--quiet", "--pull=always", image, ...hi)), {
    stdout: "hi\n",
  });
});

testWithRegistry("registry: no such tag, no such image: 125, and nothing is created", async () => {
  await using registry = await Registry.start();
  const there = await registry.push("there:1");
  for (const image of [there.replace(/1$/, "2"), `${registry.host}/nowhere`]) {
    for (const pull of ["missing", "always"]) {
      await using box = containerToCome();
      const args = ["--pull", pull, "-q", "--name", box.name, ...bare, image];
      const result = await runPiped(["run", ...args, ...hi]);
      assertFailed(result, 125, /^dockerpty run: .*not found: manifest unknown/);
      assert(!await box.exists());
    }
  }
});

testWithRegistry("registry: at a terminal each layer has one line", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("drawn:1", [30_000_000, 2_000_000]);
  for (const cols of [120, 80, 40]) {
    const argv = dockerpty(runRemoved(image, ...hi));
    await using terminal = Terminal.spawn(argv, { rows: 20, cols, env: commandEnv() });
    assertEquals((await terminal.exit).code, 0, terminal.screen());
    const lines = terminal.screen().split("\n").filter((line) => /^[0-9a-f]{12}:/.test(line));
    assertEquals(lines.map((line) => line.slice(14)), [
      "Already exists",
      "Pull complete",
      "Pull complete",
    ], `${cols} columns:\n${terminal.screen()}`);
    const raw = terminal.rawText();
    assertEquals(
      /: (Downloading|Extracting) \[=*> *\] +[0-9.]+[kM]?B\/30[.\d]*MB\r/.test(raw),
      cols >= 80,
    );
    await removeImages(registry.host);
  }
});

testWithRegistry("registry: in a program, the news of a pull are values", async () => {
  await using registry = await Registry.start();
  const image = await registry.push("values:1", [5_000_000]);
  const news: PullProgress[] = [];
  const session = await new Client().run(image, hi, {
    network,
    remove: true,
    onPull: (progress) => news.push(progress),
  });
  assertEquals(new TextDecoder().decode((await session.output()).stdout), "hi\n");
  assertEquals(news[0], { status: `Unable to find image '${image}' locally` });
  assertEquals(news[1], { status: "Pulling from values", id: "1" });
  const extracting = news.findLast(({ status }) => status === "Extracting")!;
  const { current, total } = extracting.progressDetail!;
  assert(current! > 0 && total! > 5_000_000, JSON.stringify(extracting));
  assertMatch(news.at(-1)!.status, /^Status: Downloaded newer image/);
});
