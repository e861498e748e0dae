import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Client, EngineError } from "../../mod.ts";
import { commandEnv, type PipedResult, runPiped } from "../harness/command.ts";
import { containerToCome } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { Registry, testWithRegistry } from "../harness/registry.ts";
import { Live } from "./live.ts";
import { permitted, socketGrants } from "./permitted.ts";
import { assertFailed, assertRan, bare, runRemoved, temporaryFolder } from "./piped.ts";

const account = { username: "ann", password: "s3:cret?" };
const wrong = { username: "ann", password: "wr0ng" };
const basic = ({ username, password }: typeof account) => ({
  auth: btoa(`${username}:${password}`),
});
const hi = ["echo", "hi"];

/** Runs an image of the registry with this `config.json`. */
async function runWith(config: unknown, args: string[], path?: string): Promise<PipedResult> {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/config.json`, JSON.stringify(config));
  return await runPiped(["run", "--pull=always", "-q", ...bare, ...args], {
    env: {
      DOCKER_CONFIG: folder.path,
      ...path !== undefined && { PATH: `${path}:${commandEnv().PATH}` },
    },
  });
}

const unauthorized = /^dockerpty run: .*(no basic auth credentials|unauthorized)/;

testWithRegistry("registry: the password that docker login stored is used", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  const config = { auths: { [registry.host]: basic(account) } };
  assertRan(await runWith(config, ["--rm", image, ...hi]), { stdout: "hi\n" });
  const url = { auths: { [`http://${registry.host}/v2/`]: basic(account) } };
  assertRan(await runWith(url, ["--rm", image, ...hi]), { stdout: "hi\n" });
});

testWithRegistry("registry: a wrong password, or none: 125, and nothing is created", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  const configs = [{ auths: { [registry.host]: basic(wrong) } }, {}, { auths: 7 }];
  for (const config of configs) {
    await using box = containerToCome();
    const { stderr, ...result } = await runWith(config, ["--name", box.name, image, ...hi]);
    const [, warning, error] = /^(WARNING: [^\n]*\n)?([^]*)$/.exec(stderr)!;
    assertFailed({ ...result, stderr: error }, 125, unauthorized);
    // As docker's own, and the error says it again: it is why.
    const unusable = /config\.json"( cannot be used)?: its auths are not an object\n$/;
    const says = [warning ?? "", error].map((line) => unusable.test(line));
    assertEquals(says, config.auths === 7 ? [true, true] : [false, false], stderr);
    assert(!await box.exists());
  }
});

testWithRegistry("registry: no password is ever printed, with --debug neither", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  const config = { auths: { [registry.host]: basic(wrong) } };
  const { code, text, stderr } = await runWith(config, ["--debug", image, ...hi]);
  assertEquals(code, 125);
  assertMatch(stderr, /EngineError/);
  const header = JSON.stringify({ ...wrong, serveraddress: registry.host });
  const encoded = btoa(header).slice(0, 40);
  for (const secret of [wrong.password, basic(wrong).auth, encoded]) {
    assert(!`${text}${stderr}`.includes(secret), stderr);
  }
});

testWithRegistry("registry: helpers are asked for the password", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  await using bin = await temporaryFolder();
  const answer = JSON.stringify({
    ServerURL: registry.host,
    Username: account.username,
    Secret: account.password,
  });
  await Deno.writeTextFile(
    `${bin.path}/docker-credential-test`,
    `#!/bin/sh
read -r url
[ "$1 $url" = "get ${registry.host}" ] || { echo credentials not found; exit 1; }
echo '${answer}'
echo said on stderr >&2
`,
    { mode: 0o755 },
  );
  for (const config of [{ credHelpers: { [registry.host]: "test" } }, { credsStore: "test" }]) {
    assertRan(await runWith(config, ["--rm", image, ...hi], bin.path), { stdout: "hi\n" });
  }
  for (const config of [{ credHelpers: { other: "test" } }, { credsStore: "nowhere" }]) {
    assertFailed(await runWith(config, [image, ...hi], bin.path), 125, unauthorized);
  }
});

testWithRegistry("registry: what may not be read is not used, and not asked for", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  await using folder = await temporaryFolder();
  const config = { auths: { [registry.host]: basic(account) } };
  await Deno.writeTextFile(`${folder.path}/config.json`, JSON.stringify(config));
  const env = { DOCKER_CONFIG: folder.path };
  const read = [`--allow-read=${folder.path}`, "--allow-env=DOCKER_CONFIG,HOME,USERPROFILE"];
  for (const [grants, code] of [[[], 125], [read, 0]] as const) {
    const args = runRemoved("--pull=always", image, ...hi);
    await using live = new Live([], { argv: permitted([...socketGrants, ...grants], args), env });
    const ended = await live.end();
    assertEquals(ended.code, code, ended.stderr);
    if (code !== 0) assertMatch(ended.stderr, unauthorized);
  }
});

testWithRegistry("registry: in a program, a password is an option", async () => {
  await using registry = await Registry.start({ account });
  const image = await registry.push("mine:1");
  const options = { network, remove: true, pull: "always" as const };
  const client = new Client();
  const session = await client.run(image, hi, { ...options, auth: account });
  assertEquals(new TextDecoder().decode((await session.output()).stdout), "hi\n");
  const refused = () => client.run(image, hi, { ...options, auth: wrong });
  assertMatch((await assertRejects(refused, EngineError)).message, /unauthorized/);
});
