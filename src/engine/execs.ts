/**
 * The engine API's endpoints of execs: `/containers/{id}/exec` and `/exec/…`.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";
import type { Hijacked } from "../http/hijack.ts";
import type { Engine } from "./engine.ts";
import type { ConsoleSize, ExecCreateBody, ExecInspect } from "./types.ts";

/** `POST /containers/{id}/exec`; resolves to the exec's id. */
export async function createExec(
  engine: Engine,
  container: string,
  body: ExecCreateBody,
  signal?: AbortSignal,
): Promise<string> {
  const path = ["containers", container, "exec"];
  const answer = await engine.json({ method: "POST", path, body, signal }) as
    | { Id?: unknown }
    | null
    | undefined;
  if (typeof answer?.Id !== "string" || !/^[\w.-]+$/.test(answer.Id)) {
    throw new ProtocolError("the engine created an exec and did not say its id");
  }
  return answer.Id;
}

/** How an exec is started. */
export interface ExecStart {
  /** Whether its process has a terminal: as in {@linkcode ExecCreateBody}. */
  tty: boolean;
  /** The size of that terminal. */
  consoleSize?: ConsoleSize;
}

/**
 * `POST /exec/{id}/start`, attached. The engine starts it even where nobody waits for that: once the
 * signal has aborted, the process is to be ended again.
 */
export async function startExec(
  engine: Engine,
  id: string,
  { tty, consoleSize }: ExecStart,
  signal?: AbortSignal,
): Promise<Hijacked> {
  return await engine.hijack({
    method: "POST",
    path: ["exec", id, "start"],
    body: { Detach: false, Tty: tty, ConsoleSize: consoleSize },
    signal,
    lasting: true,
  });
}

/** `POST /exec/{id}/start`, not attached. */
export async function startExecDetached(
  engine: Engine,
  id: string,
  { tty }: ExecStart,
  signal?: AbortSignal,
): Promise<void> {
  await engine.json({
    method: "POST",
    path: ["exec", id, "start"],
    body: { Detach: true, Tty: tty },
    signal,
  });
}

/** `POST /exec/{id}/resize` */
export async function resizeExec(
  engine: Engine,
  id: string,
  size: { rows: number; columns: number },
  signal?: AbortSignal,
): Promise<void> {
  await engine.json({
    method: "POST",
    path: ["exec", id, "resize"],
    query: { h: size.rows, w: size.columns },
    signal,
  });
}

/** `GET /exec/{id}/json` */
export async function inspectExec(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<ExecInspect> {
  const answer = await engine.json({ method: "GET", path: ["exec", id, "json"], signal });
  const exec = (answer ?? {}) as Partial<ExecInspect>;
  if (typeof exec.Running === "boolean") return exec as ExecInspect;
  throw new ProtocolError("the engine's answer about the command does not tell whether it runs");
}
