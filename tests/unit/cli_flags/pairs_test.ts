import { assertEquals, assertThrows } from "@std/assert";
import { parseBoolean, parseFields } from "../../../src/cli/values/csv.ts";
import {
  parseEnv,
  parseLabel,
  parsePair,
  parseStorageOpt,
  parseSysctl,
} from "../../../src/cli/values/key_value.ts";
import { parseKeyValueFile } from "../../../src/cli/values/key_value_file.ts";
import { ValueError } from "../../../src/cli/values/value_error.ts";
import { table } from "./table.ts";

table("pairs", parsePair, [["a=b=c", ["a", "b=c"]], ["a", ["a", ""]], ["", ["", ""]]], []);
table("variables", parseEnv, [["A=b", "A=b"], ["A", "A"], ["A=", "A="]], ["", "=", "=x", "A=\0"]);
table("labels", parseLabel, [["a=b c", ["a", "b c"]], ["a", ["a", ""]]], [
  "",
  "=x",
  " =x",
  "a b=c",
]);
table("storage options", parseStorageOpt, [["a=b", ["a", "b"]], ["a=", ["a", ""]]], ["", "a"]);
table("kernel parameters", parseSysctl, [
  ["net.ipv4.ip_forward=1", ["net.ipv4.ip_forward", "1"]],
  ["fs.mqueue.x=", ["fs.mqueue.x", ""]],
  ["kernel.sem=1 2", ["kernel.sem", "1 2"]],
], ["", "foo", "net.x", "kernel.foo=1", "kernel.semx=1", "xnet.a=1"]);

table("fields", parseFields, [
  ["a", ["a"]],
  ["a,b=c", ["a", "b=c"]],
  ['"a,b",c', ["a,b", "c"]],
  ['"a ""x"" b"', ['a "x" b']],
  ["a,", ["a", ""]],
  ["", [""]],
], ['"a', 'a"b', '"a"b', '"a",b"']);

Deno.test("yes and no, as Go reads them", () => {
  for (const yes of ["1", "t", "T", "true", "TRUE", "True"]) assertEquals(parseBoolean(yes), true);
  for (const no of ["0", "f", "F", "false", "FALSE", "False"]) {
    assertEquals(parseBoolean(no), false);
  }
  for (const neither of ["", "yes", "tRUE", "2"]) assertEquals(parseBoolean(neither), undefined);
});

const encode = (text: string) => new TextEncoder().encode(text);
const env = (name: string) => ({ GIVEN: "given", EMPTY: "" })[name];

table("files of variables", (text) => parseKeyValueFile(encode(text), env), [
  ["", []],
  ["A=1", ["A=1"]],
  ["\ufeffA=1\n", ["A=1"]],
  ["A=1\r\nB=2\r\n", ["A=1", "B=2"]],
  ["# no\n  # no\n\n   \nA=1", ["A=1"]],
  ["  A= x y ", ["A= x y "]],
  ['A="quoted" # kept', ['A="quoted" # kept']],
  ["A=b=c", ["A=b=c"]],
  ["A=", ["A="]],
  ["GIVEN\nEMPTY\nMISSING", ["GIVEN=given", "EMPTY="]],
  ["export=1", ["export=1"]],
], ["=x", "  =x", "a b=c", "a\t=c", "A \n", "export A=1"]);

Deno.test("files of variables: the line at fault is named, and bytes must be text", () => {
  const at = assertThrows(() => parseKeyValueFile(encode("A=1\n\nb c=d"), env), ValueError);
  assertEquals(at.message, "line 3 has blanks in its name: expected NAME=value");
  assertThrows(
    () => parseKeyValueFile(new Uint8Array([0x41, 0x3d, 0xff]), env),
    ValueError,
    "UTF-8",
  );
});
