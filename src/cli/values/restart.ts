/**
 * Restart policies: `on-failure:3`.
 *
 * @module
 */
import { cut, ValueError } from "./value_error.ts";

/** A policy as the engine takes it. */
export interface RestartPolicy {
  Name?: string;
  MaximumRetryCount?: number;
}

/** Reads what `--restart` takes. */
export function parseRestart(text: string): RestartPolicy {
  const [name, count = ""] = cut(text, ":");
  const known = ["no", "always", "unless-stopped", "on-failure"].includes(name);
  if (text !== "" && !known || !/^\d{0,9}$/.test(count) || count !== "" && name !== "on-failure") {
    throw new ValueError("expected no, always, unless-stopped, or on-failure[:times]");
  }
  return { Name: name, MaximumRetryCount: Number(count) };
}
