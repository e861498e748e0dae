/** Holds the layers: who may import whom, and who alone touches the outside. */
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** The layers from the bottom up; each may import the ones below it, and itself. */
const LAYERS = [
  ["src/closest.ts", "src/libc.ts", "src/printable.ts", "src/winsize.ts"],
  ["src/errors.ts"],
  ["src/transport/"],
  ["src/http/"],
  ["src/engine/"],
  ["src/stream/"],
  ["src/session/"],
  ["src/terminal/"],
  ["src/come_back.ts"],
  ["src/show.ts"],
  ["src/commands.ts"],
  ["src/cli/", "mod.ts"],
];

/** Layers that import less than what is below them. */
const NARROW: Record<string, readonly string[]> = {
  "src/printable.ts": [],
  "src/winsize.ts": [],
  // The codecs are pure: whoever has bytes can use them.
  "src/stream/": ["src/errors.ts", "src/winsize.ts", "src/stream/"],
};

/** What touches the outside, and the only files that do. */
const OUTSIDE: readonly [name: string, pattern: RegExp, files: RegExp][] = [
  [
    "opens connections",
    /\bDeno\.connect(Tls)?\b/,
    /^src\/transport\/(dial|tls|tls_unverified)\.ts$/,
  ],
  [
    "touches the standard streams",
    /\bDeno\.(stdin|stdout|stderr|consoleSize)\b|\bDeno\[/,
    /^src\/((terminal|session)\/deno_\w+|cli\/.+)\.ts$/,
  ],
  ["listens for signals", /\bDeno\.(add|remove)SignalListener\b/, /^src\/terminal\/deno_\w+\.ts$/],
  ["ends the process", /\bDeno\.exit\b/, /^src\/(cli\/main|terminal\/deno_terminal)\.ts$/],
  ["prints", /\bconsole\.\w+\(/, /^src\/session\/stall_watch\.ts$/],
  ["calls fetch", /\bfetch\(/, /^$/],
];

/** Modules from elsewhere that the sources may import: the standard library, and Node's. */
const ELSEWHERE: readonly [specifier: RegExp, files: RegExp][] = [
  [/^@std\/[a-z/-]+$/, /^src\//],
  // Deno has no way of its own to read a terminal without losing keys.
  [/^node:(tty|process)$/, /^src\/terminal\/deno_input\.ts$/],
  // Nor one to close its debugger.
  [/^node:inspector$/, /^src\/terminal\/deno_debugger\.ts$/],
  // Nor one to take any certificate.
  [/^node:(tls|stream|crypto)$/, /^src\/transport\/tls(_unverified)?\.ts$/],
];

interface Import {
  specifier: string;
  code?: { specifier: string };
  type?: { specifier: string };
}

/** What each module of ours imports: as written, and which module of ours that is. */
async function imports(): Promise<Map<string, { specifier: string; file: string | null }[]>> {
  const graph = new Map<string, { specifier: string; file: string | null }[]>();
  for (const root of ["mod.ts", "src/cli/main.ts"]) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", root],
      cwd: ROOT,
      stderr: "inherit",
    });
    const { modules } = JSON.parse(new TextDecoder().decode((await command.output()).stdout)) as {
      modules: { specifier: string; dependencies?: Import[] }[];
    };
    for (const { specifier, dependencies = [] } of modules) {
      const file = fileOf(specifier);
      if (file === null) continue;
      graph.set(
        file,
        dependencies.map(({ specifier, code, type }) => {
          return { specifier, file: fileOf((code ?? type)?.specifier ?? specifier) };
        }),
      );
    }
  }
  return graph;
}

/** The path of a module of ours in the checkout; null for others'. */
function fileOf(specifier: string): string | null {
  if (!specifier.startsWith(ROOT.href)) return null;
  const path = specifier.slice(ROOT.href.length);
  return /^(src\/|mod\.ts$)/.test(path) ? path : null;
}

/** The number of a file's layer from the bottom, and what that is called. */
function layerOf(file: string): [number, string] {
  for (const [rank, names] of LAYERS.entries()) {
    const name = names.find((name) => name === file || name.endsWith("/") && file.startsWith(name));
    if (name !== undefined) return [rank, name];
  }
  throw new Error(`${file} is in no layer`);
}

/** All sources, without their comments. */
async function sources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const visit = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory) await visit(`${folder}${name}/`);
      else if (name.endsWith(".ts")) await add(`${folder}${name}`);
    }
  };
  const add = async (file: string) => {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    files.set(file, text.replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, ""));
  };
  await visit("src/");
  await add("mod.ts");
  return files;
}

const graph = await imports();
const texts = await sources();

Deno.test("imports go downward only", () => {
  const upward = [];
  for (const [file, imported] of graph) {
    const [rank, name] = layerOf(file);
    for (const { file: other } of imported) {
      if (other === null) continue;
      const [otherRank, otherName] = layerOf(other);
      const allowed = NARROW[name]?.includes(otherName) ??
        (otherRank < rank || otherName === name);
      if (!allowed) upward.push(`${file} imports ${other}`);
    }
  }
  // The front door opens what there is; the command line is a way in of its own.
  assertEquals(upward.filter((line) => !/^mod\.ts imports src\/(?!cli)/.test(line)), []);
});

Deno.test("nothing imports the command line", () => {
  for (const [file, imported] of graph) {
    if (file.startsWith("src/cli/")) continue;
    const cli = imported.filter(({ file }) => file?.startsWith("src/cli/"));
    assertEquals(cli, [], file);
  }
});

Deno.test("every source is reached from an entry point", () => {
  assertEquals([...texts.keys()].filter((file) => !graph.has(file)), []);
});

Deno.test("modules from elsewhere are the standard library's, and Node's where Deno has none", () => {
  const others = [];
  for (const [file, imported] of graph) {
    for (const { specifier } of imported) {
      if (/^\.{1,2}\//.test(specifier)) continue;
      const known = ELSEWHERE.some(([name, files]) => name.test(specifier) && files.test(file));
      if (!known) others.push(`${file} imports ${specifier}`);
    }
  }
  assertEquals(others, []);
});

for (const [name, pattern, files] of OUTSIDE) {
  Deno.test(`${files.source === "^$" ? "no file" : `only ${files.source}`} ${name}`, () => {
    const touching = [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file);
    assertEquals(touching.filter((file) => !files.test(file)), []);
    if (files.source !== "^$") assert(touching.length > 0, `who ${name}? the rule is out of date`);
  });
}

Deno.test("the process is ended in one place of the command, and where a signal ends it", () => {
  const counts = [...texts].flatMap(([file, text]) => {
    const count = text.match(/\bDeno\.exit\b/g)?.length;
    return count === undefined ? [] : [[file, count]];
  });
  assertEquals(Object.fromEntries(counts), {
    "src/cli/main.ts": 1,
    "src/terminal/deno_terminal.ts": 1,
  });
});

Deno.test("mod.ts only opens: it has re-exports by name, and nothing else", () => {
  const rest = texts.get("mod.ts")!
    .replaceAll(/export (type )?\{[^{}]*\} from "\.\/src\/[\w/]+\.ts";/g, "");
  assertEquals(rest.trim(), "");
});
