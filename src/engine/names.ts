/**
 * The names of what an engine has: `GET /containers/json`, `/images/json`, `/networks`, `/volumes`.
 *
 * @module
 */
import type { Engine } from "./engine.ts";

/** The names of containers, the newest first. */
export async function containerNames(
  engine: Engine,
  options: { running?: boolean } = {},
): Promise<string[]> {
  const query = { all: options.running ? undefined : 1 };
  const list = await engine.json({ method: "GET", path: ["containers", "json"], query });
  return clean(
    entries(list).flatMap(({ Names }) =>
      (Names as string[] | null ?? [])
        .map((name) => name.replace(/^\//, ""))
        // A name with a slash is a link's, in another container.
        .filter((name) => !name.includes("/"))
    ),
  );
}

/** The names of images with their tags; `latest` is left out. */
export async function imageNames(engine: Engine): Promise<string[]> {
  const list = await engine.json({ method: "GET", path: ["images", "json"] });
  return clean(
    entries(list).flatMap(({ RepoTags }) =>
      (RepoTags as string[] | null ?? [])
        .filter((name) => !name.includes("<none>"))
        .map((name) => name.replace(/:latest$/, ""))
    ),
  );
}

/** The names of networks. */
export async function networkNames(engine: Engine): Promise<string[]> {
  const list = await engine.json({ method: "GET", path: ["networks"] });
  return clean(entries(list).map(({ Name }) => String(Name)));
}

/** The names of volumes. */
export async function volumeNames(engine: Engine): Promise<string[]> {
  const answer = await engine.json({ method: "GET", path: ["volumes"] }) as
    | { Volumes?: unknown }
    | undefined;
  return clean(entries(answer?.Volumes).map(({ Name }) => String(Name)));
}

function entries(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list : [];
}

/** Leaves out whatever could move a cursor or end a word: names are printed. */
function clean(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => /^[\w.:/@-]+$/.test(name));
}
