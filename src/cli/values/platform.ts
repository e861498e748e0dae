/**
 * Platforms: `linux/amd64`, `linux/arm/v7`, `arm64`.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

const SYSTEMS =
  /^(aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|windows|zos)$/;
const ARCHITECTURES =
  /^(386|amd64|arm|armbe|arm64|arm64be|ppc64|ppc64le|loong64|mips|mipsle|mips64|mips64le|ppc|riscv|riscv64|s390|s390x|sparc|sparc64|wasm)$/;

/** The machine that a platform is completed from. */
export interface Machine {
  /** Its system, as Deno names it. */
  os: string;
  /** Its architecture, as Deno names it. */
  arch: string;
}

/** Reads a platform, and writes it as the engine takes it. */
export function parsePlatform(text: string, machine: Machine = Deno.build): string {
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || !parts.every((part) => /^[\w.-]+$/.test(part))) throw malformed();
  if (parts.length === 1) return complete(parts[0].replace(/^macos$/, "darwin"), machine);
  const [os, given, level = ""] = parts;
  const [architecture, variant] = normalize(given, level);
  if (parts.length === 2) return join(os, architecture, variant === "v7" ? "" : variant);
  return join(os, architecture, variant || (architecture === "arm64" ? "v8" : ""));
}

function complete(part: string, machine: Machine): string {
  if (SYSTEMS.test(part)) return join(part, ...normalize(machine.arch, ""));
  const [architecture, variant] = normalize(part, "");
  if (!ARCHITECTURES.test(architecture)) throw malformed();
  return join(machine.os, architecture, variant === "v7" ? "" : variant);
}

function normalize(architecture: string, variant: string): [architecture: string, variant: string] {
  const level = variant.replace(/^(\d+)$/, "v$1");
  switch (architecture) {
    case "i386":
      return ["386", ""];
    case "x86_64":
    case "x86-64":
    case "amd64":
      return ["amd64", level === "v1" ? "" : level];
    case "aarch64":
    case "arm64":
      return ["arm64", level === "v8" ? "" : level];
    case "armhf":
      return ["arm", "v7"];
    case "armel":
      return ["arm", "v6"];
    case "arm":
      return ["arm", level || "v7"];
    default:
      return [architecture, variant];
  }
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("/");
}

function malformed(): ValueError {
  return new ValueError("expected os/architecture[/variant], as in linux/amd64 or linux/arm/v7");
}
