/** Certificates for tests, made by openssl(1). */
import { tool } from "./kept_process.ts";

/** The paths of a certificate and its key. */
export interface Issued {
  cert: string;
  key: string;
}

/** Somebody who signs certificates. */
export class Authority {
  /** The path of its own certificate. */
  readonly ca: string;
  #folder: string;
  #name: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.ca = `${folder}/${name}.pem`;
  }

  /** Makes one whose files are in `folder`. */
  static async make(folder: string, name: string): Promise<Authority> {
    const authority = new Authority(folder, name);
    await tool("openssl", [
      ...["req", "-x509", ...NEW_KEY, "-nodes", "-days", "2", "-subj", `/CN=${name}`],
      ...["-keyout", `${folder}/${name}-key.pem`, "-out", authority.ca],
      ...["-addext", "keyUsage=critical,keyCertSign"],
    ]);
    return authority;
  }

  /** Signs a certificate for `name`. */
  async issue(name: string, { host, expired = false }: {
    /** The address that a server's is for, such as `IP:127.0.0.1`. */
    host?: string;
    expired?: boolean;
  } = {}): Promise<Issued> {
    const path = `${this.#folder}/${this.#name}-${name}`;
    const issued = { cert: `${path}.pem`, key: `${path}-key.pem` };
    const extensions = [
      `extendedKeyUsage=${host === undefined ? "clientAuth" : "serverAuth"}`,
      ...host === undefined ? [] : [`subjectAltName=${host}`],
    ];
    await tool("openssl", [
      ...["req", ...NEW_KEY, "-nodes", "-subj", `/CN=${name}`],
      ...["-keyout", issued.key, "-out", `${path}.csr`],
      ...extensions.flatMap((extension) => ["-addext", extension]),
    ]);
    await tool("openssl", [
      ...["x509", "-req", "-in", `${path}.csr`, "-out", issued.cert, "-copy_extensions", "copy"],
      ...["-CA", this.ca, "-CAkey", `${this.#folder}/${this.#name}-key.pem`, "-CAcreateserial"],
      ...["-days", expired ? "-1" : "1"],
    ]);
    return issued;
  }
}

/** Encrypts a key; returns the new file's path. */
export async function encrypted(key: string): Promise<string> {
  const path = `${key}.encrypted`;
  const cipher = ["-aes128", "-passout", "pass:secret"];
  await tool("openssl", ["pkey", "-in", key, "-out", path, ...cipher]);
  return path;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
