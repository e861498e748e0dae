/**
 * Resource limits: `nofile=1024:2048`.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

/** A limit as the engine takes it; -1 is none. */
export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

const NAMES = [
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
];

/** Reads a limit: `name=soft[:hard]`. */
export function parseUlimit(text: string): Ulimit {
  const [, name, soft, hard = soft] = /^(\w+)=([+-]?\d+)(?::([+-]?\d+))?$/.exec(text) ?? [];
  const limit = { Name: name, Soft: Number(soft), Hard: Number(hard) };
  if (!NAMES.includes(name) || !Number.isSafeInteger(limit.Soft + limit.Hard)) {
    throw new ValueError(
      NAMES.includes(text.split("=")[0])
        ? "expected name=soft[:hard] in whole numbers, as in nofile=1024:2048"
        : `expected name=soft[:hard] with one of ${NAMES.join(", ")}`,
    );
  }
  const unbounded = limit.Soft === -1 && limit.Hard !== -1;
  if (limit.Hard !== -1 && (unbounded || limit.Soft > limit.Hard)) {
    throw new ValueError("expected a soft limit that is not above the hard one");
  }
  return limit;
}
