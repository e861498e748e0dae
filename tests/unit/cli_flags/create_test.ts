import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FlagError, parseArguments, UsageError } from "../../../src/cli/args.ts";
import { buildCreate } from "../../../src/cli/create/build.ts";
import type { Fields } from "../../../src/cli/create/draft.ts";
import { fitToVersion } from "../../../src/cli/create/fit_to_version.ts";
import { merge } from "../../../src/cli/create/merge.ts";
import type { Local } from "../../../src/cli/local.ts";
import { RUN_FLAGS } from "../../../src/cli/run_flags/all.ts";

const local: Local = {
  env: (name) => ({ GIVEN: "given" })[name],
  cwd: () => "/home/me",
  read: (path) => new TextEncoder().encode(path === "env" ? "A=1\nGIVEN\nNONE\n" : "a=1\nb\n"),
};

function build(line: string, base?: Fields) {
  const args = parseArguments(line.split(" ").filter((part) => part !== ""), RUN_FLAGS);
  return buildCreate(RUN_FLAGS, args, local, base);
}

Deno.test("the body without a flag has docker's defaults", () => {
  const { HostConfig, NetworkingConfig, ...config } = build("");
  assertEquals(config, {
    OpenStdin: false,
    StdinOnce: false,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
  });
  assertEquals(NetworkingConfig, { EndpointsConfig: { default: {} } });
  const { MemorySwappiness, NetworkMode, RestartPolicy } = HostConfig!;
  assertEquals([MemorySwappiness, NetworkMode], [-1, "default"]);
  assertEquals(RestartPolicy, { Name: "no", MaximumRetryCount: 0 });
});

Deno.test("the environment: files first, flags behind them, the last value of each", () => {
  assertEquals(build("-e B=2 --env-file env -e B=3 -e GIVEN -e NONE").Env, [
    "A=1",
    "GIVEN=given",
    "B=3",
    "GIVEN=given",
    "NONE",
  ]);
  assertEquals(build("--label-file labels -l a=2 -l c").Labels, { a: "2", c: "" });
});

Deno.test("what is attached", () => {
  const attached = (line: string) => {
    const { AttachStdin, AttachStdout, AttachStderr, OpenStdin, StdinOnce } = build(line);
    return [AttachStdin, AttachStdout, AttachStderr, OpenStdin, StdinOnce].map(Number).join("");
  };
  assertEquals(attached(""), "01100");
  assertEquals(attached("-i"), "11111");
  assertEquals(attached("-a stdout"), "01000");
  assertEquals(attached("-a STDERR -i"), "10111");
  assertEquals(attached("-a stdin"), "10000");
});

Deno.test("what goes wrong names the flag, the value and what is expected", () => {
  const wrong: [string, string][] = [
    ["-m 12x", 'invalid argument "12x" for "-m, --memory" flag: expected a size'],
    ["-a foo", 'invalid argument "foo" for "-a, --attach" flag: expected stdin'],
    ["--rm --restart always", "cannot specify both --restart and --rm"],
    ["--no-healthcheck --health-retries 1", "--no-healthcheck conflicts"],
    ["--log-driver none --log-opt a=b", "--log-driver none"],
    ["--network a --network a", '"a" is specified multiple times'],
    ["--network a --network host", "cannot join a and host at once"],
    ["--network-alias x", "only supported for user-defined networks"],
    ["--network name=a,ip=1.2.3.4 --ip 1.2.3.5", "both --ip and"],
  ];
  for (const [line, message] of wrong) assertThrows(() => build(line), FlagError, message);
});

Deno.test("a base has what no flag has, and flags go before it", () => {
  const base = {
    Labels: { a: "1" },
    OpenStdin: true,
    HostConfig: { Memory: 5, PidsLimit: 7, Binds: ["/a:/b"], NetworkMode: "host" },
    NetworkingConfig: { EndpointsConfig: { mine: { Aliases: ["x"] } } },
    New: { field: [1] },
  };
  const body = build("-m 1k -v /c:/d -l b", base);
  assertEquals([body.Labels, body.OpenStdin, body.New], [
    { a: "1", b: "" },
    true,
    { field: [1] },
  ]);
  const { Memory, PidsLimit, Binds, NetworkMode } = body.HostConfig!;
  assertEquals([Memory, PidsLimit, Binds, NetworkMode], [1024, 7, ["/a:/b", "/c:/d"], "host"]);
  assertEquals(body.NetworkingConfig, base.NetworkingConfig);
  assertEquals(build("-i=false", base).OpenStdin, false);
  assertEquals(base.HostConfig.Binds, ["/a:/b"]);
});

Deno.test("merging: objects deeply, everything else as a whole", () => {
  assertEquals(merge({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 3 }, d: [2], e: null }), {
    a: { b: 1, c: 3 },
    d: [2],
    e: null,
  });
});

Deno.test("the engine's version: what it would pass over is refused, and it gets what it reads", async () => {
  const fit = async (line: string, apiVersion: string) => {
    const args = parseArguments(line.split(" "), RUN_FLAGS);
    const body = buildCreate(RUN_FLAGS, args, local);
    const client = { endpoint: "unix:///fake.sock", apiVersion };
    return await fitToVersion(body, RUN_FLAGS, args, { client });
  };
  const refused = ["--annotation a=b", "--health-start-interval 1s", "--network a --network b"];
  for (const line of refused) {
    await assertRejects(() => fit(line, "1.42"), UsageError, "and this engine has 1.42");
    await fit(line, "1.44");
  }
  const mac = "92:d0:c6:0a:29:33";
  const older = await fit(`--mac-address ${mac}`, "1.41");
  assertEquals([older.MacAddress, older.NetworkingConfig], [mac, {
    EndpointsConfig: { default: {} },
  }]);
  const newer = await fit(`--mac-address ${mac}`, "1.44");
  assertEquals([newer.MacAddress, newer.NetworkingConfig], [undefined, {
    EndpointsConfig: { default: { MacAddress: mac } },
  }]);
});
