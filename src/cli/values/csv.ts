/**
 * One line of comma-separated values, as `--mount` and `--network` take it.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

/** Reads fields apart; one in quotes may hold commas, and `""` is a quote in it. */
export function parseFields(line: string): string[] {
  const fields: string[] = [];
  let rest = line;
  while (true) {
    const [whole, quoted, plain] = /^(?:"((?:[^"]|"")*)"(?=,|$)|([^",]*)(?=,|$))/s.exec(rest) ?? [];
    if (whole === undefined) {
      throw new ValueError('expected fields that commas divide, a field with a comma in "quotes"');
    }
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (whole.length === rest.length) return fields;
    rest = rest.slice(whole.length + 1);
  }
}

/** Reads `true` and `false` as Go does. */
export function parseBoolean(value: string): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  return undefined;
}
