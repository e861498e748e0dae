/**
 * The engine API's endpoints of images: `/images/…`.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { readJsonLines } from "../http/json_lines.ts";
import type { Engine } from "./engine.ts";
import { parseImageReference } from "./image_reference.ts";
import { encodeRegistryAuth, type RegistryAuth } from "./registry_auth.ts";

/** `GET /images/{name}/json`; whether the engine has the image. */
export async function hasImage(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await engine.json({ method: "GET", path: ["images", name, "json"], signal });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return false;
    throw error;
  }
}

/**
 * A piece of news from a pull. Its texts are the engine's and the registry's own: take control
 * characters out before they are shown at a terminal.
 */
export interface PullProgress {
  /** What happens: `Downloading`, `Pull complete`, `Digest: sha256:…`, … */
  status: string;
  /** What it happens to: a layer, or the tag. None where the news is of the whole image. */
  id?: string;
  /** Comes with all news of a layer, and is empty while nothing is being counted. */
  progressDetail?: PullProgressDetail;
}

/** How far a layer has come. */
export interface PullProgressDetail {
  /** How much is done. */
  current?: number;
  /** How much there is to do, where that is known. */
  total?: number;
  /** What is counted, where it is not bytes: `s` for seconds. */
  units?: string;
  /** Whether the numbers mean nothing to people. */
  hidecounts?: boolean;
}

/** How an image is pulled. */
export interface PullImageOptions {
  /** The platform of the image, as `os/arch[/variant]`; the engine's where it is not given. */
  platform?: string;
  /** What proves to the registry who pulls. */
  auth?: RegistryAuth;
  /** Ends the pull. */
  signal?: AbortSignal;
}

/**
 * `POST /images/create`: pulls an image from its registry.
 *
 * @param report is told the news as it comes, one piece after another
 * @throws {EngineError} if the engine or the registry refuses, in their words; the status is 200 if
 * that came in the middle of a pull
 */
export async function pullImage(
  engine: Engine,
  reference: string,
  { platform, auth, signal }: PullImageOptions,
  report: (progress: PullProgress) => void,
): Promise<void> {
  const { name, tag, registry } = parseImageReference(reference);
  const method = "POST";
  const query = { fromImage: name, tag, platform };
  const headers: [string, string][] = [];
  if (auth !== undefined) headers.push(["X-Registry-Auth", encodeRegistryAuth(auth, registry)]);
  await engine.stream(
    { method, path: ["images", "create"], query, headers, signal, limited: "no" },
    async (body) => {
      for await (const value of readJsonLines(body)) {
        const message = errorIn(value);
        if (message === undefined) await report(progressIn(value));
        else throw new EngineError(message, { status: 200, method, path: "/images/create" });
      }
    },
  );
}

/** The error in a line of a pull: the engine had begun to answer when it came to know. */
function errorIn(value: unknown): string | undefined {
  const { error, errorDetail } = fields(value);
  const message = fields(errorDetail).message ?? error;
  return message === undefined ? undefined : String(message).trim();
}

function progressIn(value: unknown): PullProgress {
  const { status, id, progressDetail } = fields(value);
  const progress: PullProgress = { status: typeof status === "string" ? status : "" };
  if (typeof id === "string" && id !== "") progress.id = id;
  if (typeof progressDetail === "object" && progressDetail !== null) {
    progress.progressDetail = progressDetail;
  }
  return progress;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
