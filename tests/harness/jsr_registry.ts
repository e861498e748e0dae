/** A registry on the loopback with JSR's layout, which has this package as it would be published. */
import { assemble } from "../../scripts/assemble.ts";
import { tool } from "./kept_process.ts";

const root = new URL("../../", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
  ".ts": "application/typescript",
};

/** What is in a `deno.json`, as far as it matters here. */
interface Config {
  name: string;
  version: string;
  exports: Record<string, string>;
  imports?: Record<string, string>;
}

/** A published version: its files by their paths, such as `/mod.ts`. */
interface Package {
  name: string;
  version: string;
  exports: Record<string, string>;
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** The registry, with the package under its own name and others, and the links beside it. */
export class JsrRegistry implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(packages: Package[]) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answer(packages, decodeURIComponent(new URL(request.url).pathname)),
    );
  }

  /** Starts it; `names` are further ones that the package is to be found by. */
  static async start(names: string[] = []): Promise<JsrRegistry> {
    const own = await published();
    const links = [];
    for await (const { name } of Deno.readDir(new URL("links/", root))) {
      links.push(await linked(new URL(`links/${name}/`, root)));
    }
    const others = names.map((name) => ({ ...own, name }));
    return new JsrRegistry([own, ...others, ...links]);
  }

  /** Its address, for `JSR_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The package, put together as it is published. */
async function published(): Promise<Package> {
  const folder = await Deno.makeTempDir();
  try {
    await assemble(folder);
    const config: Config = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for await (const path of filesIn(folder)) {
      files.set(path, resolved(path, await Deno.readFile(folder + path), config.imports ?? {}));
    }
    return { ...config, files };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function* filesIn(folder: string, below = "/"): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder + below)) {
    if (isDirectory) yield* filesIn(folder, `${below}${name}/`);
    else yield `${below}${name}`;
  }
}

/** `deno publish` writes the specifiers out that the import map has short names for. */
function resolved(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  imports: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  if (!/\.[jt]s$/.test(path)) return bytes;
  const text = new TextDecoder().decode(bytes).replaceAll(
    /(^(?:import|export|\}) [^"']*|\bimport\()"(@[^"]+)"/gm,
    (whole, before: string, specifier: string) => {
      const short = Object.keys(imports).find((name) => `${specifier}/`.startsWith(`${name}/`));
      if (short === undefined) return whole;
      return `${before}"${imports[short]}${specifier.slice(short.length)}"`;
    },
  );
  return new TextEncoder().encode(text);
}

async function linked(folder: URL): Promise<Package> {
  const config: Config = JSON.parse(await Deno.readTextFile(new URL("deno.json", folder)));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(`/${name}`, await Deno.readFile(new URL(name, folder)));
  }
  return { ...config, files };
}

async function answer(packages: Package[], path: string): Promise<Response> {
  for (const { name, version, exports, files } of packages) {
    if (path === `/${name}/meta.json`) {
      return Response.json({ name, latest: version, versions: { [version]: {} } });
    }
    if (path === `/${name}/${version}_meta.json`) {
      return Response.json({ exports, manifest: await manifest(files) });
    }
    const file = files.get(path.slice(`/${name}/${version}`.length));
    if (path.startsWith(`/${name}/${version}/`) && file !== undefined) {
      const ending = path.slice(path.lastIndexOf("."));
      const type = TYPES[ending] ?? "text/plain";
      return new Response(file, { headers: { "content-type": type } });
    }
  }
  return new Response("there is no such file", { status: 404 });
}

async function manifest(files: Package["files"]) {
  const entries = [];
  for (const [path, bytes] of files) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    entries.push([path, { size: bytes.length, checksum: `sha256-${digest.toHex()}` }] as const);
  }
  return Object.fromEntries(entries);
}

/** Runs Deno in an empty folder with an empty cache, and this registry in JSR's place. */
export function denoAt(
  registry: JsrRegistry,
  folder: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  return tool(Deno.execPath(), args, {
    cwd: folder,
    env: { DENO_DIR: `${folder}/.cache`, JSR_URL: registry.url, NO_COLOR: "1", ...env },
  });
}
