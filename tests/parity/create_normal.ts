/** The one rule by which two create requests are the same. */

/**
 * Fields that the engine tells apart when they are empty, zero or false, because it has a default
 * of its own for where they are absent.
 */
const TELLING = new Set([
  "Init",
  "MaskedPaths",
  "MemorySwappiness",
  "OomKillDisable",
  "PidsLimit",
  "ReadonlyPaths",
  "StopTimeout",
]);

/**
 * Lists that docker's CLI holds in a map meanwhile, and so sends in an order that changes from one
 * run to the next.
 */
const UNORDERED = new Set(["Binds", "Env"]);

/** Objects whose names are the user's own, and mean something without a value. */
const NAMED = new Set([
  "Annotations",
  "Config",
  "ExposedPorts",
  "Labels",
  "Options",
  "Sysctls",
  "Tmpfs",
  "Volumes",
]);

/**
 * A body without what makes no difference to the engine: to its JSON decoder, absent, null and the
 * empty value (`""`, 0, false, a list or an object without anything in it) are one.
 */
// deno-lint-ignore no-explicit-any
export function normal(value: any, field = ""): any {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    return UNORDERED.has(field) ? items.sort() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1)
      // A terminal's size is the terminal's, and is tested there.
      .filter(([name]) => name !== "ConsoleSize")
      .map(([name, inner]) => [name, normal(inner, name)] as const)
      .filter(([name, inner]) =>
        NAMED.has(field) || (TELLING.has(name) ? inner !== null : !isEmpty(inner))
      ),
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || value === 0 || value === false ||
    typeof value === "object" && Object.keys(value).length === 0;
}
