/** Images of this machine's own programs: with another shell than busybox's, or with none. */
import { findCommand, tool } from "./kept_process.ts";
import { request } from "./engine_api.ts";
import { uniqueName } from "./engine.ts";

/** An image in the tests' engine; it is removed at the end. */
export class Image implements AsyncDisposable {
  private constructor(readonly name: string) {}

  /**
   * Makes one that has these programs, with the libraries that they need, and nothing else. The keys
   * are their paths in the image.
   */
  static async of(programs: Record<string, string>): Promise<Image> {
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      for (const [to, from] of Object.entries(programs)) {
        await copy(await Deno.realPath(from), `${folder}/root${to}`);
        for (const library of await libraries(from)) {
          await copy(library, `${folder}/root${library}`);
        }
      }
      await tool("tar", [
        "-C",
        `${folder}/root`,
        "--owner=0",
        "--group=0",
        "-cf",
        `${folder}/tar`,
        ".",
      ]);
      const name = `dockerpty-test/${uniqueName()}`;
      const query = new URLSearchParams({ fromSrc: "-", repo: name, tag: "latest" });
      await request("POST", `/images/create?${query}`, {
        body: await Deno.readFile(`${folder}/tar`),
      });
      return new Image(name);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await request("DELETE", `/images/${this.name}?force=1`);
  }
}

/** Where a program of this machine is. */
export function program(name: string): string {
  const path = findCommand(name);
  if (path === undefined) throw new Error(`there is no ${name} on this machine`);
  return path;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(from, to);
}

/** The libraries that a program is linked with, and what loads them. */
async function libraries(path: string): Promise<string[]> {
  return (await tool("ldd", [path]).catch(() => "")).match(/(?<=\s)\/\S+/g) ?? [];
}
