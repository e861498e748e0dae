/** A client's key of TLS: not shown, whether it cannot be used or the connection fails. */
import { assert, assertMatch, assertStringIncludes } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { Authority } from "../harness/certificates.ts";
import { findCommand } from "../harness/kept_process.ts";
import { SECRET, testNotShown } from "./secrets.ts";
import { LIMITED, run } from "./served.ts";

const KEY = `-----BEGIN EC PRIVATE KEY-----\n${btoa(SECRET)}\n-----END EC PRIVATE KEY-----\n`;
const tls = ["-H", "tcp://127.0.0.1:1", "--tlsverify"];
const files = (key: string) => ["--tlscert", "FOLDER/cert.pem", "--tlskey", `FOLDER/${key}`];
const CERT = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

testNotShown({
  "a client's key that is none": {
    files: { "cert.pem": CERT, "key.pem": `${SECRET}\n` },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key that cannot be used": {
    files: { "cert.pem": CERT, "key.pem": KEY },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key that is encrypted": {
    files: { "cert.pem": CERT, "key.pem": KEY.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE") },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
  "a client's key in the certificate's place": {
    files: { "cert.pem": KEY, "key.pem": KEY },
    args: [...tls, ...files("key.pem"), "attach", "box"],
  },
});

/** Something at a port, and which key a client has that comes there. */
interface Place {
  /** What it does with a connection; without, there is nobody. */
  serve?: (connection: Deno.Conn) => Promise<unknown>;
  /** Whose certificate it has: it does not speak TLS without. */
  certificate?: "trusted" | "another's";
  flags?: string[];
  /** Whether the client's key is another's than the certificate's. */
  mismatched?: boolean;
}

const answer500 = async (connection: Deno.Conn) => {
  await connection.read(new Uint8Array(65536));
  const text = '{"message":"no"}';
  const head = `HTTP/1.1 500 No\r\nContent-Length: ${text.length}\r\n\r\n`;
  await connection.write(bytes(head + text));
};
const PLACES: Record<string, Place> = {
  "nobody is there": {},
  "the connection is closed at once": { serve: () => Promise.resolve() },
  "there is no TLS": { serve: (connection) => connection.write(bytes("HTTP/1.0 400 No\r\n\r\n")) },
  "the certificate is another's": { certificate: "another's", serve: answer500 },
  "the engine refuses": { certificate: "trusted", serve: answer500 },
  "the engine refuses, unverified": {
    certificate: "another's",
    serve: answer500,
    flags: ["--tls", "--tlsverify=false"],
  },
  "there is no TLS, unverified": {
    serve: (connection) => connection.write(bytes("HTTP/1.0 400 No\r\n\r\n")),
    flags: ["--tls", "--tlsverify=false"],
  },
  "its certificate is another": { certificate: "trusted", serve: answer500, mismatched: true },
};

const noOpenssl = findCommand("openssl") === undefined ? "there is no openssl" : undefined;
for (const [where, place] of Object.entries(PLACES)) {
  const name = `security: secrets: not shown, with --debug: a client's key, where ${where}`;
  if (noOpenssl) console.error(`SKIPPED ${name}: ${noOpenssl}`);
  Deno.test(name, { ...LIMITED, ignore: noOpenssl !== undefined }, async () => {
    const { serve, certificate, flags = ["--tlsverify"], mismatched = false } = place;
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      const [authority, another] = await Promise.all([
        Authority.make(folder, "authority"),
        Authority.make(folder, "another"),
      ]);
      const [own, others] = [await authority.issue("client"), await another.issue("client")];
      const key = mismatched ? others.key : own.key;
      const by = certificate === "trusted" ? authority : another;
      const server = await by.issue("server", { host: "IP:127.0.0.1" });
      await using at = listen(
        serve,
        certificate && {
          cert: await Deno.readTextFile(server.cert),
          key: await Deno.readTextFile(server.key),
        },
      );
      const tls = ["--tlscacert", authority.ca, "--tlscert", own.cert, "--tlskey", key];
      const result = await run(
        ["--debug", "-H", `tcp://127.0.0.1:${at.port}`, ...flags, ...tls, "attach", "box"],
        { env: { DOCKER_CONTEXT: "", DOCKER_CONFIG: folder } },
      );
      const { code, text, stderr } = result;
      assert(code > 0, "it is an error");
      assertStringIncludes(stderr, "dockerpty");
      // It came as far as it was to come, so that the key was there to be shown.
      if (where.startsWith("the engine refuses")) assertStringIncludes(stderr, "500");
      if (where === "its certificate is another") assertMatch(stderr, /key/);
      const secret = (await Deno.readTextFile(key)).replaceAll(/-----[^-]+-----|\s/g, "");
      for (let at = 0; at + 16 <= secret.length; at += 8) {
        assert(!`${text}${stderr}`.includes(secret.slice(at, at + 16)), stderr);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Listens at a port of this machine; where nobody serves, at none that anybody has. */
function listen(
  serve: Place["serve"],
  tls?: { cert: string; key: string },
): { port: number } & AsyncDisposable {
  if (serve === undefined) return { port: 1, [Symbol.asyncDispose]: async () => {} };
  const place = { hostname: "127.0.0.1", port: 0 };
  const listener = tls ? Deno.listenTls({ ...place, ...tls }) : Deno.listen(place);
  const one = async (connection: Deno.Conn) => {
    try {
      await serve(connection);
    } catch {
      // The client has left.
    }
    connection.close();
  };
  const serving = (async () => {
    const served: Promise<void>[] = [];
    try {
      while (true) served.push(one(await listener.accept()));
    } catch {
      // It was closed.
    }
    await Promise.all(served);
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}
