/** Registries of our own on the loopback, images in them, and the tests that need them. */
import { host } from "./engine_api.ts";
import { engineVersion, type TestOptions, testWithEngine } from "./engine.ts";
import { request } from "./engine_api.ts";
import { until } from "./until.ts";

/** Who may pull and push. */
export interface Account {
  username: string;
  password: string;
}

/** A registry in a process of its own, on a folder of its own. */
export class Registry implements AsyncDisposable {
  /** Where it listens: `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  readonly #account: Account | undefined;
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;

  private constructor(
    { port, account, folder }: { port: number; account?: Account; folder: string },
  ) {
    this.port = port;
    this.host = `127.0.0.1:${port}`;
    this.#account = account;
    this.#folder = folder;
    this.#child = new Deno.Command("docker-registry", {
      args: ["serve", `${folder}/config.yml`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Starts one; with an account nobody else may pull or push. */
  static async start({ account }: { account?: Account } = {}): Promise<Registry> {
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    const port = freePort();
    await Deno.writeTextFile(`${folder}/config.yml`, config(folder, port, account !== undefined));
    if (account !== undefined) {
      await Deno.writeTextFile(`${folder}/htpasswd`, await htpasswd(account));
    }
    const registry = new Registry({ port, account, folder });
    try {
      await until(() => answers(port), { what: "the registry to listen" });
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /**
   * Makes an image, busybox with so many bytes of noise on top in each of its layers, and pushes it.
   * The engine has it no more then.
   */
  async push(name: string, layers: readonly number[] = [1000]): Promise<string> {
    const [repository, tag] = [`${this.host}/${name.split(":")[0]}`, name.split(":")[1]];
    const reference = `${repository}:${tag}`;
    let image = "busybox";
    for (const [index, size] of layers.entries()) {
      const { Id } = (await request("POST", "/containers/create", {
        body: { Image: image, HostConfig: { NetworkMode: "none" } },
      })).json();
      try {
        const body = tar(`noise-${index}`, noise(size));
        await request("PUT", `/containers/${Id}/archive?path=/`, { body });
        await request("POST", `/commit?container=${Id}&repo=${repository}&tag=${tag}`, {
          body: { Cmd: ["sh"] },
        });
      } finally {
        await request("DELETE", `/containers/${Id}?force=1`);
      }
      image = reference;
    }
    const { username = "", password = "" } = this.#account ?? {};
    const auth = btoa(JSON.stringify({ username, password })).replaceAll("+", "-")
      .replaceAll("/", "_");
    const answer = await request("POST", `/images/${repository}/push?tag=${tag}`, {
      headers: { "x-registry-auth": auth },
    });
    if (answer.text().includes('"error"')) throw new Error(`push ${reference}: ${answer.text()}`);
    await removeImages(this.host);
    return reference;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
    await removeImages(this.host);
  }
}

/** Removes the images from the engine whose names begin with this host. */
export async function removeImages(host: string): Promise<void> {
  const images: { RepoTags: string[] | null; RepoDigests: string[] | null }[] =
    (await request("GET", "/images/json")).json();
  // One whose tag has moved on is left with its digest.
  const references = images.flatMap(({ RepoTags, RepoDigests }) => [
    ...RepoTags ?? [],
    ...RepoDigests ?? [],
  ]);
  for (const reference of references.filter((reference) => reference.startsWith(`${host}/`))) {
    await request("DELETE", `/images/${reference}?force=1`, { allow: [404] });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

function config(folder: string, port: number, auth: boolean): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: `${folder}/data` } },
    http: { addr: `127.0.0.1:${port}` },
    ...auth && { auth: { htpasswd: { realm: "test", path: `${folder}/htpasswd` } } },
  });
}

async function htpasswd({ username, password }: Account): Promise<string> {
  const args = ["-Bbn", username, password];
  const { success, stdout } = await new Deno.Command("htpasswd", { args, stderr: "null" }).output();
  if (!success) throw new Error("htpasswd failed");
  return new TextDecoder().decode(stdout);
}

/** Bytes that no registry can make fewer of. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

/** An archive of one file. */
function tar(name: string, content: Uint8Array): Uint8Array {
  const archive = new Uint8Array(512 + Math.ceil(content.length / 512) * 512 + 1024);
  const field = (at: number, text: string) => archive.set(new TextEncoder().encode(text), at);
  field(0, name);
  field(100, "0000644\0");
  field(108, "0000000\0");
  field(116, "0000000\0");
  field(124, `${content.length.toString(8).padStart(11, "0")}\0`);
  field(136, "00000000000\0");
  field(148, "        ");
  field(156, "0");
  field(257, "ustar\x0000");
  const sum = archive.subarray(0, 512).reduce((sum, byte) => sum + byte, 0);
  field(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  archive.set(content, 512);
  return archive;
}

const lacking = await findLacking();

/** What the tests with registries lack; undefined where they can run. */
async function findLacking(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const [program, part] of [["docker-registry"], ["htpasswd", "apache2-utils"]]) {
    const there = folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    });
    if (!there) return `no ${program} (Debian's package ${part ?? program})`;
  }
  const podman = await engineVersion().then(({ podman }) => podman, () => false);
  return podman ? `Podman at ${host} wants TLS of a registry on the loopback, too` : undefined;
}

/** A test that needs a registry and an engine; where one is not to be had it is ignored, and says so. */
export function testWithRegistry(
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  options: TestOptions = {},
): void {
  if (lacking !== undefined) console.error(`SKIPPED ${name}: ${lacking}`);
  testWithEngine(name, fn, { limit: 60_000, ...options, ignore: lacking !== undefined });
}
