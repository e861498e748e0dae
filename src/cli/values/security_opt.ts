/**
 * Security options: `seccomp=profile.json`, `no-new-privileges`, `label:disable`.
 *
 * @module
 */
import { cut, quote, ValueError } from "./value_error.ts";

/**
 * Reads what `--security-opt` takes. A seccomp profile is read in, as it is a file of this side.
 *
 * @param read reads a file
 */
export function parseSecurityOpt(text: string, read: (path: string) => Uint8Array): string {
  const [name, value] = text.includes("=") || text === "no-new-privileges"
    ? cut(text, "=")
    : cut(text, ":");
  if (name === "no-new-privileges") return text;
  if (!value) {
    throw new ValueError("expected name=value, as in seccomp=unconfined, or no-new-privileges");
  }
  if (name !== "seccomp" || value === "unconfined" || value === "builtin") return text;
  return `seccomp=${compact(value, new TextDecoder().decode(read(value)))}`;
}

function compact(path: string, profile: string): string {
  try {
    return JSON.stringify(JSON.parse(profile));
  } catch {
    throw new ValueError(`the file ${quote(path)} is not JSON: expected a seccomp profile`);
  }
}
