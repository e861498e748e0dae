/** A client's key of TLS: not shown, whether it cannot be used or the connection fails. */
import { assert, assertMatch } from "@std/assert";
import { bytes } from "../fakes/bytes.ts";
import { Authority } from "../harness/certificates.ts";
import { findCommand } from "../harness/kept_process.ts";
import { SECRET, testNotShown } from "./secrets.ts";
import { LIMITED, run } from "./served.ts";

const KEY = `-----BEGIN EC PRIVATE KEY-----\n${btoa(SECRET)}\n-----END EC PRIVATE KEY-----\n`;
// What is in the files is looked at before anything is connected to.
const tls = ["-H", "tcp://127.0.0.1:1", "--tlsverify"];
const files = (key: string) => ["--tlscert", "FOLDER/cert.pem", "--tlskey", `FOLDER/${key}`];
const CERT = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

testNotShown({
  "a client's key that is none": {
    files: { "cert.pem": CERT, "key.pem": `${SECRET}\n` },
    args: [...tls, ...files("key.pem"), "attach", "box"],
    says: /: cannot use the TLS file \S+\/key\.pem: there is no private key in it\n/,
  },
  "a client's key that is encrypted": {
    files: { "cert.pem": CERT, "key.pem": KEY.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE") },
    args: [...tls, ...files("key.pem"), "attach", "box"],
    says: /: cannot use the key \S+\/key\.pem: it is encrypted; /,
  },
  "a client's key in the certificate's place": {
    files: { "cert.pem": KEY, "key.pem": KEY },
    args: [...tls, ...files("key.pem"), "attach", "box"],
    says: /: cannot use the TLS file \S+\/cert\.pem: there is no certificate in it\n/,
  },
});

/** Something at a port, and which key a client has that comes there. */
interface Place {
  /** What it does with a connection; without, there is nobody. */
  serve?: (connection: Deno.Conn) => Promise<unknown>;
  /** Whose certificate it has: it does not speak TLS without. */
  certificate?: "trusted" | "another's";
  flags?: string[];
  /** What the client's key is, where it is not that of its certificate. */
  key?: "another's" | "damaged";
  /** The error that it comes to, so that it is known to have come this far. */
  says: RegExp;
}

const answer500 = async (connection: Deno.Conn) => {
  await connection.read(new Uint8Array(65536));
  const text = '{"message":"no"}';
  const head = `HTTP/1.1 500 No\r\nContent-Length: ${text.length}\r\n\r\n`;
  await connection.write(bytes(head + text));
};
const noTls = async (connection: Deno.Conn) => {
  await connection.read(new Uint8Array(65536));
  await connection.write(bytes("HTTP/1.0 400 No\r\n\r\n"));
};
const unverified = ["--tls", "--tlsverify=false"];
const PLACES: Record<string, Place> = {
  "nobody is there": { says: /: nothing listens there; / },
  "the connection is closed at once": {
    serve: () => Promise.resolve(),
    // In words of Deno's and of the system's: what was sent may not have been read.
    says: /at tcp:\/\/127\.0\.0\.1:\d+: (unexpected end of file|[^:\n]*reset|broken pipe)/i,
  },
  "there is no TLS": { serve: noTls, says: /: the engine does not use TLS at this port / },
  "the certificate is another's": {
    certificate: "another's",
    serve: answer500,
    says: /: the engine's certificate is not signed by the given CA /,
  },
  "the engine refuses": {
    certificate: "trusted",
    serve: answer500,
    says: / is not well: it answered 500 to GET \/_ping\n/,
  },
  "the engine refuses, unverified": {
    certificate: "another's",
    serve: answer500,
    flags: unverified,
    says: / is not well: it answered 500 to GET \/_ping\n/,
  },
  "there is no TLS, unverified": {
    serve: noTls,
    flags: unverified,
    says: /: the engine does not use TLS at this port /,
  },
  "its certificate is another": {
    certificate: "trusted",
    serve: answer500,
    key: "another's",
    says: /: the client's key is not that of its certificate /,
  },
  "its certificate is another, unverified": {
    certificate: "another's",
    serve: answer500,
    flags: unverified,
    key: "another's",
    says: /: the client's certificate or key cannot be used, or they are not a pair /,
  },
  "it cannot be used": {
    certificate: "trusted",
    serve: answer500,
    key: "damaged",
    says: /: the client's key cannot be used /,
  },
  "it cannot be used, unverified": {
    certificate: "another's",
    serve: answer500,
    flags: unverified,
    key: "damaged",
    says: /: the client's certificate or key cannot be used, or they are not a pair /,
  },
};

/** Half of a key: what it is of can still be told, and it is none any more. */
async function damage(key: string): Promise<string> {
  const [begin, ...rest] = (await Deno.readTextFile(key)).trim().split("\n");
  const end = rest.pop();
  const base64 = rest.join("");
  await Deno.writeTextFile(
    key,
    [begin, base64.slice(0, Math.floor(base64.length / 8) * 4), end].join("\n"),
  );
  return key;
}

const noOpenssl = findCommand("openssl") === undefined ? "there is no openssl" : undefined;
for (const [where, place] of Object.entries(PLACES)) {
  const name = `security: secrets: not shown, with --debug: a client's key, where ${where}`;
  if (noOpenssl) console.error(`SKIPPED ${name}: ${noOpenssl}`);
  Deno.test(name, { ...LIMITED, ignore: noOpenssl !== undefined }, async () => {
    const { serve, certificate, flags = ["--tlsverify"], says } = place;
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      const [authority, another] = await Promise.all([
        Authority.make(folder, "authority"),
        Authority.make(folder, "another"),
      ]);
      const [own, others] = [await authority.issue("client"), await another.issue("client")];
      const key = place.key === "another's"
        ? others.key
        : place.key === "damaged"
        ? await damage(own.key)
        : own.key;
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
      assertMatch(stderr, says);
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
