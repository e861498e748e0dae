/**
 * Requests for GPUs: `all`, `2`, `device=0`, `"device=0,1",capabilities=utility`.
 *
 * @module
 */
import { parseFields } from "./csv.ts";
import { parsePair } from "./key_value.ts";
import { cut, quote, ValueError } from "./value_error.ts";

/** A request for devices, as the engine takes it. */
export interface DeviceRequest {
  Driver?: string;
  Count?: number;
  DeviceIDs?: string[];
  Capabilities?: string[][];
  Options?: Record<string, string>;
}

/** Reads what `--gpus` takes. */
export function parseGpus(text: string): DeviceRequest {
  const request: DeviceRequest = {};
  const seen = new Set<string>();
  for (const field of parseFields(text)) {
    const [given, value = given] = cut(field, "=");
    const key = field.includes("=") ? given : "count";
    if (seen.has(key)) throw new ValueError(`the field ${quote(key)} is given twice`);
    seen.add(key);
    if (key === "count") request.Count = count(value);
    else if (key === "driver") request.Driver = value;
    else if (key === "device") request.DeviceIDs = value.split(",");
    else if (key === "capabilities") request.Capabilities = [[...value.split(","), "gpu"]];
    else if (key === "options") {
      request.Options = Object.fromEntries(parseFields(value).map(parsePair));
    } else {
      throw new ValueError(
        `unknown field ${quote(field)}: expected count, device, driver, capabilities or options`,
      );
    }
  }
  if (!seen.has("count") && request.DeviceIDs === undefined) request.Count = 1;
  return { ...request, Capabilities: request.Capabilities ?? [["gpu"]] };
}

function count(text: string): number {
  if (text === "all") return -1;
  if (!/^[+-]?\d{1,9}$/.test(text)) {
    throw new ValueError('expected "all", a number, or fields such as device=0');
  }
  return Number(text);
}
