/**
 * Names of capabilities.
 *
 * @module
 */

/** Capabilities as the engine takes them: each once, in order, `net_admin` as `CAP_NET_ADMIN`. */
export function normalizeCapabilities(names: readonly string[]): string[] {
  const full = names.map((name) => {
    const upper = name.trim().toUpperCase();
    return upper === "ALL" || upper === "" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  });
  return [...new Set(full.filter((name) => name !== ""))].sort();
}
