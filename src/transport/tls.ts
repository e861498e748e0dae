/**
 * Encrypted connections.
 *
 * @module
 */
import { ConnectionError, EndpointError, messageOf } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { formatEndpoint, type TcpEndpoint, type TlsFiles } from "./endpoint.ts";
import { keepAlive } from "./keep_alive.ts";
import { dialUnverified } from "./tls_unverified.ts";

/** What is in the files of a TLS connection. */
export interface TlsMaterial {
  /** The certificate that the engine's must be signed by. */
  ca?: string;
  /** The client's certificate. */
  cert?: string;
  /** The client's key. */
  key?: string;
}

/**
 * Connects to a TCP port and agrees on the encryption.
 *
 * @throws {EndpointError} if a file cannot be used
 * @throws {ConnectionError} if either side does not trust the other
 */
export async function dialTls(endpoint: TcpEndpoint, files: TlsFiles): Promise<Connection> {
  const material = await readMaterial(files);
  const { hostname, port } = endpoint;
  try {
    if (files.skipVerify) {
      const connection = await dialUnverified(endpoint, material);
      return explainRefusals(connection, endpoint, material);
    }
    const { ca, cert, key } = material;
    const connection = await Deno.connectTls({
      hostname,
      port,
      ...ca !== undefined && { caCerts: [ca] },
      ...cert !== undefined && key !== undefined && { cert, key },
    });
    keepAlive(connection);
    await connection.handshake();
    return explainRefusals(connection, endpoint, material);
  } catch (error) {
    throw await explain(error, endpoint, material);
  }
}

async function readMaterial(files: TlsFiles): Promise<TlsMaterial> {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new EndpointError(
      "a client's certificate and its key go together: give both --tlscert and --tlskey, or neither",
    );
  }
  const material: TlsMaterial = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const path = files[name];
    if (path === undefined || name === "ca" && files.skipVerify) continue;
    const text = await readFile(path);
    const [pattern, what] = name === "key"
      ? [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "private key"]
      : [/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/, "certificate"];
    if (!pattern.test(text)) {
      throw new EndpointError(`cannot use the TLS file ${path}: there is no ${what} in it`);
    }
    material[name] = text;
  }
  if (/ENCRYPTED/.test(material.key ?? "")) {
    throw new EndpointError(
      `cannot use the key ${files.key}: it is encrypted; decrypt it, as with openssl pkey`,
    );
  }
  return material;
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new EndpointError(`cannot read the TLS file ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The reasons in the words of the TLS library, and what they mean here. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/UnknownIssuer|self.?signed/i, "the engine's certificate is not signed by the given CA"],
  [/NotValidForName|not valid for name/i, "the engine's certificate is for another host name"],
  [/\bExpired|certificate has expired/i, "the engine's certificate has expired"],
  [/NotValidYet/i, "the engine's certificate is not valid yet"],
  [/KeyMismatch|key values mismatch/i, "the client's key is not that of its certificate"],
  [/No keys found|key/i, "the client's key cannot be used"],
  [
    // Deno has no other words for them where they are given to Node's interface.
    /^unsupported protocol$/i,
    "the client's certificate or key cannot be used, or they are not a pair",
  ],
  [/InvalidContentType|corrupt message/i, "the engine does not use TLS at this port"],
];

/** What the other side says to a client whose certificate is not there, or not right. */
const REFUSAL = /alert.*(certificate|HandshakeFailure|UnknownCA|DecryptError|AccessDenied)/i;

/** The error that says what is wrong; the same error where that is not known. */
async function explain(
  error: unknown,
  endpoint: TcpEndpoint,
  { cert }: TlsMaterial,
): Promise<unknown> {
  const message = messageOf(error);
  const reason = REFUSAL.test(message)
    ? await refusedClient(cert, endpoint.tls?.cert)
    : REASONS.find(([pattern]) => pattern.test(message))?.[1];
  if (reason === undefined) return error;
  return new ConnectionError(
    `cannot connect to the engine at ${formatEndpoint(endpoint)}: ${reason} (${message})`,
    { cause: error },
  );
}

/** Why the engine refuses a client: it does not say itself what it finds wrong. */
async function refusedClient(
  cert: string | undefined,
  path: string | undefined,
): Promise<string> {
  if (cert === undefined) {
    return "the engine asks for a client's certificate; give --tlscert and --tlskey";
  }
  const { X509Certificate } = await import("node:crypto");
  const { validTo } = new X509Certificate(cert);
  return Date.parse(validTo) < Date.now()
    ? `the client's certificate ${path} has expired, on ${validTo}`
    : `the engine does not accept the client's certificate ${path}`;
}

/** With TLS 1.3 the other side's refusal comes only once the connection is in use. */
function explainRefusals(
  connection: Connection,
  endpoint: TcpEndpoint,
  material: TlsMaterial,
): Connection {
  let begun = false;
  const explained = async <T>(use: Promise<T>): Promise<T> => {
    try {
      return await use;
    } catch (error) {
      throw begun ? error : await explain(error, endpoint, material);
    }
  };
  return {
    async read(buffer) {
      const count = await explained(connection.read(buffer));
      begun = true;
      return count;
    },
    write: (bytes) => explained(connection.write(bytes)),
    closeWrite: () => connection.closeWrite(),
    close: () => connection.close(),
  };
}
