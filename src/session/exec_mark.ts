/**
 * The mark of an exec, by which its processes are found again: see kill_exec.ts.
 *
 * @module
 */
import type { ExecCreateBody } from "../engine/types.ts";

/** The variable that an exec is known by. */
export const VARIABLE = "DOCKERPTY_EXEC";

/** Gives an exec a variable of its own; returns it beside the body. */
export function markExec(body: ExecCreateBody): { body: ExecCreateBody; mark: string } {
  const mark = `${VARIABLE}=${crypto.randomUUID()}`;
  return { body: { ...body, Env: [...body.Env ?? [], mark] }, mark };
}
