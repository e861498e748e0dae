import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseArguments, UsageError } from "../../src/cli/args.ts";
import { type Flag, globalFlagsAmong } from "../../src/cli/flags.ts";
import { RUN_FLAGS } from "../../src/cli/run_flags/all.ts";
import { anyText, property, refused } from "./property.ts";

const FLAGS: readonly Flag[] = [
  { name: "tty", short: "t", kind: "boolean", choices: ["auto"], help: "" },
  { name: "interactive", short: "i", kind: "boolean", help: "" },
  { name: "workdir", short: "w", otherNames: ["cwd"], kind: "string", help: "" },
  { name: "env", short: "e", kind: "list", help: "" },
];

/** Arguments that are made of what the flags above have. */
const argument = fc.oneof(
  fc.array(
    fc.constantFrom("-", "--", "t", "i", "w", "e", "=", "true", "0", "auto", "x", "tty", "env", ""),
    { maxLength: 5 },
  ).map((parts) => parts.join("")),
  fc.constantFrom(
    "--tty",
    "--tty=auto",
    "-it",
    "-ti=false",
    "--env",
    "--cwd",
    "-w=",
    "-e=A=1",
    "a",
  ),
  anyText,
);

/** What a command line says. */
interface Said {
  values: [string, unknown][];
  operands: string[];
}

/** The same by another way: arguments are taken off a list, and a word's letters off the word. */
function model(line: readonly string[]): Said | null {
  const left = [...line];
  const said = new Map<string, unknown>();
  const find = (name: string, short: boolean) =>
    FLAGS.find((flag) =>
      short ? flag.short === name : flag.name === name || flag.otherNames?.includes(name)
    );
  const put = ({ name, kind, choices = [] }: Flag, value: string): boolean => {
    if (kind === "string") said.set(name, value);
    if (kind === "list") said.set(name, [...said.get(name) as string[] ?? [], value]);
    if (kind !== "boolean") return true;
    const yes = ["1", "t", "T", "true", "TRUE", "True"].includes(value);
    const no = ["0", "f", "F", "false", "FALSE", "False"].includes(value);
    if (!yes && !no && !choices.includes(value)) return false;
    said.set(name, yes ? true : no ? false : value);
    return true;
  };
  while (left.length > 0 && left[0] !== "-" && left[0][0] === "-") {
    const word = left.shift()!;
    if (word === "--") break;
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const flag = find(word.slice(2, equals === -1 ? undefined : equals), false);
      if (flag === undefined) return null;
      let value = equals === -1 ? undefined : word.slice(equals + 1);
      value ??= flag.kind === "boolean" ? "true" : left.shift();
      if (value === undefined || !put(flag, value)) return null;
      continue;
    }
    for (let letters = word.slice(1); letters !== "";) {
      const flag = find(letters[0], true);
      if (flag === undefined) return null;
      letters = letters.slice(1);
      let value: string | undefined;
      if (letters[0] === "=") value = letters.slice(1);
      else if (flag.kind === "boolean") value = "true";
      else if (letters !== "") value = letters;
      else value = left.shift();
      if (value === undefined || !put(flag, value)) return null;
      if (letters[0] === "=" || flag.kind !== "boolean") letters = "";
    }
  }
  return { values: [...said].sort(), operands: left };
}

property(
  "flags: any command line says what a naive reader makes of it, or is refused as by that",
  fc.array(argument, { maxLength: 6 }),
  (line) => {
    let said: Said | null = null;
    refused([UsageError], () => {
      const args = parseArguments(line, FLAGS);
      const names = FLAGS.map(({ name }) => name).filter((name) => args.has(name));
      const values = names.map((name): [string, unknown] => {
        const list = args.list(name);
        return [name, args.given(name) ?? args.string(name) ?? list];
      });
      said = { values: values.sort(), operands: [...args.operands] };
    });
    assertEquals(said, model(line));
  },
);

const titles = RUN_FLAGS.flatMap(({ name, short }) => {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
});

property(
  "flags: any line of the flags of run is read or refused, and by no other error",
  fc.array(fc.oneof(fc.constantFrom(...titles), argument), { maxLength: 8 }),
  (line) => {
    refused(
      [UsageError],
      () => parseArguments(line, [...RUN_FLAGS, ...globalFlagsAmong(RUN_FLAGS)]),
    );
  },
);
