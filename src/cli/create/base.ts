/**
 * The file of `--create-json`.
 *
 * @module
 */
import { FlagError } from "../args.ts";
import { LOCAL } from "../local.ts";
import { quote, ValueError } from "../values/value_error.ts";
import type { Fields } from "./draft.ts";
import { jsonFault } from "./json_fault.ts";
import { isObject } from "./merge.ts";

/**
 * Reads the fields of a create request from a file; `-` is stdin.
 *
 * @param interactive whether stdin is the container's
 */
export function readBase(path: string, interactive: boolean): Fields {
  if (path === "-" && interactive) {
    throw new FlagError("conflicting options: --create-json - and --interactive both take stdin");
  }
  const shown = path === "-" ? "stdin" : quote(path);
  let text = "";
  let base: unknown;
  try {
    text = new TextDecoder().decode(path === "-" ? readStdin() : LOCAL.read(path));
    base = JSON.parse(text);
  } catch (error) {
    if (error instanceof ValueError) throw new FlagError(`--create-json: ${error.message}`);
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column, expected } = jsonFault(text);
    throw new FlagError(
      `--create-json: ${shown} is not JSON: line ${line}, column ${column}: expected ${expected}`,
    );
  }
  const parts = isObject(base) ? [base.HostConfig, base.NetworkingConfig] : [];
  if (!isObject(base) || !parts.every((part) => part === undefined || isObject(part))) {
    throw new FlagError(
      `--create-json: ${shown} is no create request: expected a JSON object as ` +
        "POST /containers/create takes it",
    );
  }
  return base;
}

function readStdin(): Uint8Array {
  const chunks: number[] = [];
  const buffer = new Uint8Array(65536);
  for (let length; (length = Deno.stdin.readSync(buffer)) !== null;) {
    for (const byte of buffer.subarray(0, length)) chunks.push(byte);
  }
  return new Uint8Array(chunks);
}
