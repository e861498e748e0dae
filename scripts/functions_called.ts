/**
 * Which functions of the joined command are called from its start to its end, where nothing special
 * happens: counted by V8, in runs of the command against an engine that answers by a script.
 */
import { ScriptedEngine } from "../tests/faults/scripted_engine.ts";
import { wellBut } from "../tests/faults/well.ts";

/** The command lines that are started most often. */
const COMMANDS = [
  ["exec", "box", "true"],
  ["exec", "-i", "box", "true"],
  ["run", "--rm", "busybox", "true"],
  ["run", "--rm", "-i", "busybox", "true"],
];

/** How long one of them may take, in milliseconds. */
const TIME = 60_000;

/** A function's calls, as `deno run --coverage` writes them. */
interface Coverage {
  url: string;
  functions: { ranges: { endOffset: number; count: number }[] }[];
}

/**
 * Runs the command, and tells its functions that were called.
 *
 * @param file the joined module; it exports `main`
 * @returns the offsets behind the functions' last characters, in UTF-16 code units
 * @throws if the command fails, or does not end, or nothing was counted
 */
export async function functionsCalled(file: URL): Promise<Set<number>> {
  const folder = await Deno.makeTempDir({ prefix: "dockerpty-coverage-" });
  try {
    for (const args of COMMANDS) await run(file, args, folder);
    const ends = new Set<number>();
    for await (const { name } of Deno.readDir(folder)) {
      const { url, functions }: Coverage = JSON.parse(
        await Deno.readTextFile(`${folder}/${name}`),
      );
      if (url !== file.href) continue;
      for (const { ranges: [{ endOffset, count }] } of functions) {
        if (count > 0) ends.add(endOffset);
      }
    }
    if (ends.size === 0) throw new Error(`no calls were counted in ${file}`);
    return ends;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(file: URL, args: string[], folder: string): Promise<void> {
  await using engine = new ScriptedEngine(wellBut());
  const script = `import { main } from ${JSON.stringify(file.href)};\n` +
    `Deno.exit(await main(${JSON.stringify(["-H", engine.host, ...args])}));`;
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--coverage=${folder}`, "-"],
    cwd: new URL("../", import.meta.url),
    // Whoever publishes has settings of his own, which are nothing to the package.
    clearEnv: true,
    env: { ...kept(["PATH", "HOME", "DENO_DIR", "TMPDIR"]), DOCKER_CONFIG: folder },
    signal: AbortSignal.timeout(TIME),
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = deno.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { success, stderr } = await deno.output();
  if (success) return;
  throw new Error(`the joined command failed: ${new TextDecoder().decode(stderr)}`);
}

function kept(names: readonly string[]): Record<string, string> {
  const values = names.map((name) => [name, Deno.env.get(name)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
