/**
 * The engine API's endpoints of containers: `/containers/…`.
 *
 * @module
 */
import { EngineError, ProtocolError } from "../errors.ts";
import type { Hijacked } from "../http/hijack.ts";
import type { Engine } from "./engine.ts";
import type { ContainerCreateBody, ContainerInspect, WaitAnswer } from "./types.ts";

/** What {@linkcode createContainer} resolves to. */
export interface Created {
  /** The new container's id. */
  id: string;
  /** What the engine warns of. */
  warnings: string[];
}

/**
 * `POST /containers/create`. The engine makes the container even where nobody waits for that: once
 * the signal has aborted, what this resolves to is to be removed again.
 */
export async function createContainer(
  engine: Engine,
  body: ContainerCreateBody,
  query: { name?: string; platform?: string } = {},
  signal?: AbortSignal,
): Promise<Created> {
  const answer = await engine.json({
    method: "POST",
    path: ["containers", "create"],
    query: { name: query.name, platform: query.platform },
    body,
    signal,
    limited: "no",
    lasting: true,
  }) as { Id?: unknown; Warnings?: unknown } | null | undefined;
  if (typeof answer?.Id !== "string" || !/^[\w.-]+$/.test(answer.Id)) {
    throw new ProtocolError("the engine created a container and did not say its id");
  }
  const warnings = Array.isArray(answer.Warnings) ? answer.Warnings : [];
  return { id: answer.Id, warnings: warnings.map(String) };
}

/** `GET /containers/{id}/json` */
export async function inspectContainer(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<ContainerInspect> {
  const path = ["containers", id, "json"];
  const answer = await engine.json({ method: "GET", path, signal });
  if (isContainerInspect(answer)) return answer;
  throw new ProtocolError(
    `the engine's answer about the container ${JSON.stringify(id)} does not tell its state`,
  );
}

function isContainerInspect(answer: unknown): answer is ContainerInspect {
  const { Id, State, Config, HostConfig } = (answer ?? {}) as Partial<ContainerInspect>;
  return typeof Id === "string" && typeof State?.Running === "boolean" &&
    typeof Config?.Tty === "boolean" && typeof HostConfig === "object" && HostConfig !== null;
}

/**
 * `GET /containers/{id}/top`: its processes, as the ps(1) of the engine's host tells them.
 *
 * @param psArgs what ps(1) is told; with Podman, the columns
 */
export async function containerTop(
  engine: Engine,
  id: string,
  psArgs: string,
  signal?: AbortSignal,
): Promise<string[][]> {
  const path = ["containers", id, "top"];
  const query = { ps_args: psArgs };
  const answer = await engine.json({ method: "GET", path, query, signal }) as
    | { Processes?: unknown }
    | null
    | undefined;
  const rows = answer?.Processes;
  if (Array.isArray(rows) && rows.every(Array.isArray)) return rows.map((row) => row.map(String));
  throw new ProtocolError(
    `the engine's answer about the processes of the container ${JSON.stringify(id)} has none`,
  );
}

/** `POST /containers/{id}/start` */
export async function startContainer(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await engine.json({
    method: "POST",
    path: ["containers", id, "start"],
    signal,
    limited: "no",
  });
}

/** What of a container is attached. */
export interface AttachQuery {
  /** Whether its stdin is. */
  stdin: boolean;
  /** Whether its stdout is. */
  stdout: boolean;
  /** Whether its stderr is. */
  stderr: boolean;
  /** The keys that the engine detaches at, percent-encoded. */
  detachKeys?: string;
}

/** `POST /containers/{id}/attach` */
export async function attachContainer(
  engine: Engine,
  id: string,
  query: AttachQuery,
  signal?: AbortSignal,
): Promise<Hijacked> {
  const on = (wanted: boolean) => wanted ? 1 : undefined;
  return await engine.hijack({
    method: "POST",
    path: ["containers", id, "attach"],
    query: {
      stream: 1,
      stdin: on(query.stdin),
      stdout: on(query.stdout),
      stderr: on(query.stderr),
    },
    rawQuery: query.detachKeys && `detachKeys=${query.detachKeys}`,
    signal,
  });
}

/** When a wait is over. */
export type WaitCondition = "not-running" | "next-exit" | "removed";

/** The longest answer to a wait. */
const MAX_WAIT_LENGTH = 64 * 1024;

/** A wait that has begun. */
export interface Wait {
  /** The engine's answer, once the wait is over. */
  answer: Promise<WaitAnswer>;
}

/**
 * `POST /containers/{id}/wait`. Resolves as soon as the engine has begun to wait, to a promise of
 * its answer, so that a container started then cannot end unseen.
 */
export function waitContainer(
  engine: Engine,
  id: string,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<Wait> {
  return new Promise((resolve, reject) => {
    const begun = Promise.withResolvers<WaitAnswer>();
    // Whoever waits for the beginning takes the promise; nothing is unhandled if nobody does.
    begun.promise.catch(() => {});
    engine.stream({
      method: "POST",
      path: ["containers", id, "wait"],
      query: { condition },
      signal,
      limited: "beginning",
    }, async (body) => {
      resolve({ answer: begun.promise });
      const decoder = new TextDecoder();
      let text = "";
      for await (const bytes of body) {
        text += decoder.decode(bytes, { stream: true });
        if (text.length > MAX_WAIT_LENGTH) break;
      }
      begun.resolve(parseWaitAnswer(text));
    }).catch((error) => {
      begun.reject(error);
      reject(error);
    });
  });
}

function parseWaitAnswer(text: string): WaitAnswer {
  try {
    const answer = JSON.parse(text);
    if (Number.isInteger(answer?.StatusCode)) return answer;
  } catch {
    // Falls through: what came is not an answer.
  }
  throw new ProtocolError(
    `the engine's answer to the wait for a container is not one: ${
      JSON.stringify(text.slice(0, 80))
    }`,
  );
}

/** The longest end of a log that is read. */
const MAX_LOG_LENGTH = 16 * 1024 * 1024;

/** `GET /containers/{id}/logs`: the end of what the container has written; raw with a tty. */
export async function containerLogs(
  engine: Engine,
  id: string,
  tail: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return await engine.stream({
    method: "GET",
    path: ["containers", id, "logs"],
    query: { stdout: 1, stderr: 1, tail },
    signal,
  }, async (body) => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const bytes of body) {
      chunks.push(bytes.slice());
      length += bytes.length;
      if (length > MAX_LOG_LENGTH) {
        throw new ProtocolError(
          `the last ${tail} lines of the log are longer than ${MAX_LOG_LENGTH} bytes`,
        );
      }
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  });
}

/** `POST /containers/{id}/resize` */
export async function resizeContainer(
  engine: Engine,
  id: string,
  size: { rows: number; columns: number },
  signal?: AbortSignal,
): Promise<void> {
  await engine.json({
    method: "POST",
    path: ["containers", id, "resize"],
    query: { h: size.rows, w: size.columns },
    signal,
  });
}

/** `POST /containers/{id}/kill` */
export async function killContainer(
  engine: Engine,
  id: string,
  signalName: string,
  signal?: AbortSignal,
): Promise<void> {
  await engine.json({
    method: "POST",
    path: ["containers", id, "kill"],
    query: { signal: signalName },
    signal,
  });
}

/** `DELETE /containers/{id}`; one that is gone already is no error. */
export async function removeContainer(
  engine: Engine,
  id: string,
  options: { force: boolean },
): Promise<void> {
  try {
    await engine.json({
      method: "DELETE",
      path: ["containers", id],
      query: { force: options.force ? 1 : undefined, v: 1 },
    });
  } catch (error) {
    // 409: the engine removes it already.
    if (error instanceof EngineError && (error.status === 404 || error.status === 409)) return;
    throw error;
  }
}
