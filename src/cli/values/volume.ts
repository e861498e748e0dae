/**
 * Volumes in short: `source:target[:options]`, or `target` for one without a name.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

const EXPECTED = "expected [source:]target[:options], as in data:/var/lib:ro or ./here:/there";

/** A volume, as it goes into the create body. */
export type Volume = { bind: string } | { anonymous: string };

/** Reads what `--volume` takes; a source that begins with a dot is meant from `cwd`. */
export function parseVolume(text: string, cwd: () => string): Volume {
  const [source, ...rest] = sections(text);
  if (source === "" || rest.length > 2 || rest.includes("")) throw new ValueError(EXPECTED);
  if (rest.length === 0) return { anonymous: text };
  return { bind: [absolute(source, cwd), ...rest].join(":") };
}

/** What colons divide; the one behind a drive's letter divides nothing. */
function sections(text: string): string[] {
  const sections: string[] = [];
  for (const part of text.split(":")) {
    if (/^[a-z]$/i.test(sections.at(-1) ?? "") && /^[\\/]/.test(part)) {
      sections.push(`${sections.pop()}:${part}`);
    } else {
      sections.push(part);
    }
  }
  return sections;
}

/** A path that begins with a dot from the working directory, any other as it is. */
export function absolute(path: string, cwd: () => string): string {
  return path.startsWith(".") ? cleanPath(`${cwd()}/${path}`) : path;
}

/** A path without `.`, `..` and double slashes. */
export function cleanPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `${path.startsWith("/") ? "/" : ""}${segments.join("/")}` || ".";
}

/** Reads what `--tmpfs` takes: `path[:options]`. */
export function parseTmpfs(text: string): [path: string, options: string] {
  const [, path, options = ""] = /^(\/[^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (path === undefined) throw new ValueError("expected path[:options], as in /run:rw,size=64m");
  return [path, options];
}
