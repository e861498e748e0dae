import { assert, assertEquals } from "@std/assert";
import { jsonFault } from "../../../src/cli/create/json_fault.ts";

const FAULTS: [text: string, line: number, column: number, expected: string][] = [
  ["", 1, 1, "a value"],
  ["  \n\n ", 3, 2, "a value"],
  ["{", 1, 2, "a name in double quotes"],
  ["{'a': 1}", 1, 2, "a name in double quotes"],
  ['{"a": 1,}', 1, 9, "a name in double quotes"],
  ['{"a" 1}', 1, 6, "a colon"],
  ['{"a": }', 1, 7, "a value"],
  ['{"a": tru}', 1, 7, "a value"],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "a comma or }"],
  ['["a", 2', 1, 8, "a comma or ]"],
  ['{"a": [1, 2}', 1, 12, "a comma or ]"],
  ['{"a": "unclosed\n"}', 1, 7, "a string that is whole"],
  ['{"a": "\\x"}', 1, 7, "a string that is whole"],
  ['{"ä": 01}', 1, 8, "a comma or }"],
  ['{"\u{1f600}": .5}', 1, 7, "a value"],
  ["{} {}", 1, 4, "the end"],
  ["\ufeff{}", 1, 1, "a value"],
];

Deno.test("json: where a text stops being JSON, and what should be there", () => {
  for (const [text, line, column, expected] of FAULTS) {
    assertEquals(jsonFault(text), { line, column, expected }, JSON.stringify(text));
  }
});

Deno.test("json: what JSON.parse takes has no fault but its end, and the other way about", () => {
  const whole = [
    "{}",
    "[]",
    ' {"a": [1, -2.5e+3, {"b": null}], "c": "\\u00e4\\n"} ',
    "true",
    '"x"',
  ];
  for (const text of whole) {
    JSON.parse(text);
    assertEquals(jsonFault(text).expected, "the end");
    assertEquals(jsonFault(text).column, text.length + 1);
  }
  for (const [text] of FAULTS) {
    let refused = false;
    try {
      JSON.parse(text);
    } catch {
      refused = true;
    }
    assert(refused, text);
  }
});
