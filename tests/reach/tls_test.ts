/** The command at a real dockerd that verifies its clients. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createServer } from "node:tls";
import { Live } from "../engine/live.ts";
import { underTest } from "../harness/command.ts";
import { noTlsEngine, TlsEngine } from "../harness/tls_engine.ts";
import { createContext, writeContext } from "./contexts.ts";
import { granted, printedGrants } from "./granted.ts";
import { until } from "../harness/until.ts";
import {
  assertRefused,
  checkBulk,
  checkPipes,
  checkTerminal,
  command,
  RUN,
  testWith,
  withIdle,
} from "./verbs.ts";

const lacks = underTest === "docker" ? "docker words its errors its own way" : noTlsEngine();
const ECHO = [...RUN, "busybox", "echo", "hi"];

testWith(lacks, "tls: who is refused, and why", async (t) => {
  await using engine = await TlsEngine.start();
  const at = ["-H", engine.host];
  const { ca, client } = engine;
  const unverified = [...at, "--tls", "--tlscert", client.cert, "--tlskey", client.key];
  const refused = (flags: string[], ...says: RegExp[]) =>
    t.step(`refused: ${says}`, async () => {
      assertRefused(await command({ flags }, ECHO), 125, ...says);
      assertRefused(await command({ flags }, ["exec", "any", "true"]), 1, ...says);
    });

  await refused([...at, ...engine.verify(ca)], /engine asks for a client's certificate.*--tlscert/);
  await refused(
    [...at, ...engine.verify(engine.otherCa, client)],
    /engine's certificate is not signed by the given CA/,
  );
  await refused(
    ["-H", `tcp://localhost:${engine.port}`, ...engine.verify(ca, client)],
    /engine's certificate is for another host name/,
    /127\.0\.0\.1/,
  );
  await refused(
    [...at, ...engine.verify(ca, engine.expiredClient)],
    /client's certificate \S+expired-client.pem has expired/,
  );
  await refused(
    [...at, ...engine.verify(ca, engine.strangeClient)],
    /engine does not accept the client's certificate \S+strange-client.pem/,
  );
  await refused(
    [...at, ...engine.verify(ca, { cert: client.cert, key: engine.encryptedKey })],
    /key \S+encrypted: it is encrypted/,
  );
  await refused(
    [...at, ...engine.verify(ca, { cert: client.cert, key: engine.strangeClient.key })],
    /client's key is not that of its certificate/,
  );
  await refused(
    [...at, ...engine.verify(ca, { cert: client.cert })],
    /both --tlscert and --tlskey/,
  );
  await refused([...at, ...engine.verify("/no/ca.pem", client)], /TLS file \/no\/ca\.pem/);
  await refused([...at, ...engine.verify(client.key, client)], /there is no certificate in it/);
  await refused([...at, "--tls"], /engine asks for a client's certificate/);
  await refused(at, /engine wants TLS at this port; give --tlsverify or --tls/);

  await t.step("refused: the engine's certificate has expired", async () => {
    const server = createServer({
      cert: Deno.readTextFileSync(engine.expiredServer.cert),
      key: Deno.readTextFileSync(engine.expiredServer.key),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as { port: number };
      const flags = ["-H", `tcp://127.0.0.1:${port}`, ...engine.verify(ca, client)];
      assertRefused(await command({ flags }, ECHO), 125, /engine's certificate has expired/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  await t.step("refused: nothing there speaks TLS", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = (async () => {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(1024));
      await connection.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    })();
    const flags = ["-H", `tcp://127.0.0.1:${listener.addr.port}`, ...engine.verify(ca, client)];
    assertRefused(await command({ flags }, ECHO), 125, /engine does not use TLS at this port/);
    await served;
  });

  const env = { DOCKER_HOST: engine.host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: engine.certs };
  await t.step("by the environment: pipes", () => checkPipes({ flags: [], env }));
  await t.step("by a context", async () => {
    const config = `${engine.folder}/config`;
    await createContext(config, "verified", { host: engine.host, ca, ...client });
    const skip = { host: engine.host, skipVerify: true, ...client };
    await createContext(config, "unverified", { ...skip, ca: engine.otherCa });
    await writeContext(config, "wrong", { host: engine.host, ca: engine.otherCa, ...client });
    const env = { DOCKER_CONFIG: config, DOCKER_HOST: "" };
    await checkPipes({ flags: ["--context", "verified"], env });
    await checkPipes({ flags: [], env: { ...env, DOCKER_CONTEXT: "unverified" } });
    const wrong = { flags: ["--context", "wrong"], env };
    assertRefused(await command(wrong, ECHO), 125, /certificate is not signed by the given CA/);
  });
  await t.step("with just the printed permissions, and with each of them missing", async () => {
    for (const flags of [engine.flags, unverified]) {
      const grants = await printedGrants(flags);
      const run = async (grants: string[]) => {
        await using live = new Live([], { argv: granted(grants, [...flags, ...ECHO]) });
        const { code, stdout, stderr } = await live.end();
        return { code, stdout, stderr };
      };
      assertEquals(await run(grants), { code: 0, stdout: "hi\n", stderr: "" });
      for (const missing of grants) {
        const { code, stderr } = await run(grants.filter((flag) => flag !== missing));
        assertEquals(code, 125);
        assertStringIncludes(stderr, `: run Deno with ${missing}\n`);
      }
    }
  });
  const ways = {
    "verified": engine.flags,
    "not verified": unverified,
  };
  for (const [name, flags] of Object.entries(ways)) {
    const way = { flags };
    await t.step(`${name}: pipes, and the end of stdin`, () => checkPipes(way));
    await t.step(`${name}: 8 MB both ways`, () => withIdle(way, (box) => checkBulk(way, box)));
    await t.step(`${name}: a shell at a terminal`, () => checkTerminal(way));
  }
  await t.step("nothing is left over there", async () => {
    // An attach does not wait for the engine to remove what has ended.
    const none = async () =>
      (await (await engine.request("GET", "/containers/json?all=1")).json()).length === 0;
    await until(none, { what: "the containers to be gone" });
  });
});
