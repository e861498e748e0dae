/**
 * Merges JSON objects.
 *
 * @module
 */
import type { Fields } from "./draft.ts";

/** `base` with the fields of `over` in it: objects are merged, everything else is replaced. */
export function merge(base: Fields, over: Fields): Fields {
  const merged: Fields = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const own = merged[name];
    merged[name] = isObject(own) && isObject(value) ? merge(own, value) : value;
  }
  return merged;
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
