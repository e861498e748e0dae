/**
 * Puts the package together as it is published: the library's modules as they are, and the command's
 * joined in one file.
 *
 *     deno run -A scripts/assemble.ts FOLDER       # to look at it
 *     deno task publish [--dry-run]                # to publish it
 *
 * A command is started again and again, and Deno looks each module up in several places: joined, the
 * command does its work a quarter sooner. The functions that are called from its start to its end
 * are compiled with it, and once only. Nothing is minified, so that a stack names functions by their
 * names; and the standard library stays what the registry has.
 */
import * as esbuild from "esbuild";
import { compileAhead } from "./compile_ahead.ts";
import { functionsCalled } from "./functions_called.ts";

const root = new URL("../", import.meta.url);

/** The module with all of the command in it, and what takes its place in the package. */
const COMMAND = { source: "src/cli/command.ts", joined: "src/cli/command.js" };
/** The first line of the joined module: its types are the source's. */
const TYPES = '// @ts-self-types="./command.ts"\n';
/** The module that imports it. */
const ENTRY = "src/cli/main.ts";

/** What of the checkout's `deno.json` is the package's, too. */
const CONFIG = ["name", "version", "license", "exports"] as const;
/** The imports that are the package's own; all others are the tests'. */
const IMPORTED = ["@std/cli", "@std/streams"];

/** Fills a folder with the package. */
export async function assemble(folder: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  for await (const path of filesOf(config.publish.include)) {
    await put(folder, path, await Deno.readFile(new URL(path, root)));
  }
  await put(folder, COMMAND.joined, TYPES + await compiledAhead(await joined()));
  const entry = await Deno.readTextFile(new URL(ENTRY, root));
  const joinedEntry = entry.replace('"./command.ts"', '"./command.js"');
  if (joinedEntry === entry) throw new Error(`${ENTRY} does not import ./command.ts as it did`);
  await put(folder, ENTRY, joinedEntry);
  const own = Object.fromEntries(CONFIG.map((name) => [name, config[name]]));
  const imports = Object.fromEntries(IMPORTED.map((name) => [name, config.imports[name]]));
  await put(folder, "deno.json", `${JSON.stringify({ ...own, imports }, null, 2)}\n`);
}

// The files that the patterns name, by their paths in the checkout: a file, or all below a folder.
async function* filesOf(patterns: readonly string[]): AsyncGenerator<string> {
  for (const pattern of patterns) {
    const [, below, ending] = /^(.+\/)\*\*\/\*(\.\w+)$/.exec(pattern) ?? [];
    if (below === undefined) yield pattern;
    else yield* filesBelow(below, ending);
  }
}

async function* filesBelow(folder: string, ending: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* filesBelow(`${folder}${name}/`, ending);
    else if (name.endsWith(ending)) yield `${folder}${name}`;
  }
}

async function joined(): Promise<string> {
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [COMMAND.source],
      absWorkingDir: decodeURIComponent(root.pathname),
      bundle: true,
      write: false,
      format: "esm",
      target: "esnext",
      platform: "neutral",
      external: ["@std/*", "node:*"],
    });
    return outputFiles[0].text;
  } finally {
    await esbuild.stop();
  }
}

async function compiledAhead(source: string): Promise<string> {
  // In the checkout, for what it imports.
  const own = new URL(".deno/", root);
  await Deno.mkdir(own, { recursive: true });
  const file = new URL(`command-${crypto.randomUUID()}.js`, own);
  try {
    await Deno.writeTextFile(file, source);
    return compileAhead(source, await functionsCalled(file));
  } finally {
    await Deno.remove(file);
  }
}

async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  const file = `${folder}/${path}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(file, content);
  else await Deno.writeFile(file, content);
}

if (import.meta.main) await assemble(Deno.args[0]);
