/**
 * `dockerpty permissions`
 *
 * @module
 */
import { EndpointError } from "../../errors.ts";
import { type EndpointSource, resolveEndpoint } from "../../transport/context.ts";
import {
  DEFAULT_SOCKET,
  type Endpoint,
  formatEndpoint,
  type TlsFiles,
} from "../../transport/endpoint.ts";
import { LOCAL, type Surroundings } from "../../transport/local_files.ts";
import { requiredPermissions } from "../../transport/permissions.ts";
import { type Arguments, UsageError } from "../args.ts";
import { quote } from "../values/value_error.ts";
import type { Context, VerbParts } from "../verb.ts";
import { VERBS } from "../verbs.ts";

/** `dockerpty permissions` */
export const PERMISSIONS: VerbParts = { flags: [], run: runPermissions };

async function runPermissions(args: Arguments, context: Context): Promise<number> {
  const [name] = args.operands;
  const verb = name === undefined ? undefined : VERBS.get(name);
  if (name !== undefined && (verb === undefined || verb.hidden)) {
    throw new UsageError(`unknown command ${quote(name)}; see dockerpty --help`);
  }
  if (verb?.offline) throw new UsageError(`dockerpty ${name} needs no permissions`);
  const { line, note } = await describePermissions(context.source ?? {});
  context.print(line);
  if (note !== undefined) context.note(`dockerpty: ${note}`);
  return 0;
}

/**
 * The least permissions for the engine that is meant, as a line to paste: to reach it, and to find it
 * again where the flags do not name it. Where that takes some, the note says how to do without.
 */
export async function describePermissions(
  source: EndpointSource,
  around: Surroundings = LOCAL,
): Promise<{ line: string; note?: string }> {
  const looks = new Looks(around);
  const endpoint = await resolveEndpoint({ ...source, ...looks.source });
  const needed = requiredPermissions(endpoint);
  const line = (grants: string[]) => [...new Set(grants)].map(shellWord).join(" ");
  if (await isFoundBlind(source, endpoint)) return { line: line(needed) };
  const flags = endpointFlags(endpoint).map(shellWord).join(" ");
  const found = looks.variables.length > 0 ? `by ${looks.variables.join(" and ")}` : "by itself";
  const finding = looks.grants().filter((grant) => !needed.includes(grant));
  return {
    line: line([...needed, ...finding]),
    note: `the engine was found ${found}; with ${flags} it takes no ${line(finding)}`,
  };
}

/** Whether the same engine is meant where nothing may be looked at. */
async function isFoundBlind(source: EndpointSource, endpoint: Endpoint): Promise<boolean> {
  const blind = {
    env: () => undefined,
    readFile: () => Promise.resolve(undefined),
    exists: () => Promise.resolve(undefined),
  };
  try {
    const found = await resolveEndpoint({ ...source, ...blind });
    return JSON.stringify(found) === JSON.stringify(endpoint);
  } catch (error) {
    if (error instanceof EndpointError) return false;
    throw error;
  }
}

/** The flags that name an endpoint. */
export function endpointFlags(endpoint: Endpoint): string[] {
  const flags = ["--host", formatEndpoint(endpoint)];
  if (endpoint.transport !== "tcp" || endpoint.tls === undefined) return flags;
  const { ca, cert, key, skipVerify }: TlsFiles = endpoint.tls;
  flags.push(skipVerify ? "--tls" : "--tlsverify");
  if (ca !== undefined && !skipVerify) flags.push("--tlscacert", ca);
  if (cert !== undefined) flags.push("--tlscert", cert);
  if (key !== undefined) flags.push("--tlskey", key);
  return flags;
}

/** What was looked at, and was there, on the way to an endpoint. */
class Looks {
  readonly variables: string[] = [];
  readonly #files: string[] = [];
  readonly source: Pick<EndpointSource, "env" | "readFile" | "exists">;

  constructor(around: Surroundings) {
    this.source = {
      env: (name) => {
        const value = around.env(name);
        if (value) this.#note(this.variables, name);
        return value;
      },
      readFile: async (path) => {
        const text = await around.read(path);
        if (typeof text === "string") this.#note(this.#files, path);
        return text;
      },
      exists: async (path) => {
        const there = await around.exists(path);
        // That Docker's own is not there has to be seen, too.
        if (there || path === DEFAULT_SOCKET) this.#note(this.#files, path);
        return there;
      },
    };
  }

  grants(): string[] {
    return [
      ...this.variables.length > 0 ? [`--allow-env=${this.variables.join(",")}`] : [],
      ...this.#files.map((path) => `--allow-read=${path}`),
    ];
  }

  #note(seen: string[], what: string): void {
    if (!seen.includes(what)) seen.push(what);
  }
}

/** A word as a shell takes it, quoted where it must be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
