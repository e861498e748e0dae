import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments, UsageError } from "../../../src/cli/args.ts";
import type { Flag } from "../../../src/cli/flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "tty", short: "t", kind: "boolean", help: "" },
  { name: "interactive", short: "i", kind: "boolean", help: "" },
  { name: "no-stdin", kind: "boolean", help: "" },
  { name: "name", kind: "string", help: "" },
  { name: "workdir", short: "w", kind: "string", help: "" },
  { name: "env", short: "e", kind: "list", help: "" },
];

/** What a command line says. */
function parse(...args: string[]) {
  const parsed = parseArguments(args, FLAGS);
  const said: Record<string, unknown> = {};
  for (const name of ["tty", "interactive", "no-stdin"]) {
    if (parsed.given(name) !== undefined) said[name] = parsed.given(name);
  }
  for (const name of ["name", "workdir"]) {
    if (parsed.string(name) !== undefined) said[name] = parsed.string(name);
  }
  if (parsed.list("env").length > 0) said.env = parsed.list("env");
  return { ...said, operands: parsed.operands };
}

const LINES: [string, Record<string, unknown>][] = [
  ["", {}],
  ["--tty", { tty: true }],
  ["-t", { tty: true }],
  ["-it", { tty: true, interactive: true }],
  ["-ti -i", { tty: true, interactive: true }],
  ["-t=false", { tty: false }],
  ["-it=false", { tty: false, interactive: true }],
  ["--tty=false --tty", { tty: true }],
  ["--tty --tty=0", { tty: false }],
  ["--tty=T --interactive=F", { tty: true, interactive: false }],
  ["--no-stdin", { "no-stdin": true }],
  ["--no-stdin=false", { "no-stdin": false }],
  ["--name x", { name: "x" }],
  ["--name=x", { name: "x" }],
  ["--name=a=b", { name: "a=b" }],
  ["--name=", { name: "" }],
  ["--name one --name two", { name: "two" }],
  ["--name=007", { name: "007" }],
  ["--name=true", { name: "true" }],
  ["-w /tmp", { workdir: "/tmp" }],
  ["-w/tmp", { workdir: "/tmp" }],
  ["-w=/tmp", { workdir: "/tmp" }],
  ["-w=", { workdir: "" }],
  ["-w==", { workdir: "=" }],
  ["-itw/tmp", { tty: true, interactive: true, workdir: "/tmp" }],
  ["-tw /tmp", { tty: true, workdir: "/tmp" }],
  ["-eA=1", { env: ["A=1"] }],
  ["-e=A=1", { env: ["A=1"] }],
  ["-e A=1 -eB --env C=x=y --env=D", { env: ["A=1", "B", "C=x=y", "D"] }],
  ["-e 0 -e 1.50 -e true", { env: ["0", "1.50", "true"] }],
  // A value is whatever comes next, even where it looks like a flag.
  ["--name --tty", { name: "--tty" }],
  ["-w -t", { workdir: "-t" }],
  ["-e --", { env: ["--"] }],
  ["-ti image sh -c", { tty: true, interactive: true, operands: ["image", "sh", "-c"] }],
];

for (const [line, { operands = [], ...expected }] of LINES) {
  Deno.test(`"${line}" is understood`, () => {
    assertEquals(parse(...line.split(" ").filter(Boolean)), { ...expected, operands } as never);
  });
}

Deno.test("everything behind the first operand belongs to the command, as it is", () => {
  const command = ["image", "-t", "--name", "x", "--", "--unknown", "-e", "", "--tty=perhaps"];
  assertEquals(parse("-i", ...command), { interactive: true, operands: command } as never);
});

Deno.test("behind -- there are no flags", () => {
  assertEquals(parse("-t", "--", "-i", "--"), { tty: true, operands: ["-i", "--"] } as never);
  assertEquals(parse("--"), { operands: [] });
});

Deno.test("a dash alone, and an empty argument, are operands", () => {
  assertEquals(parse("-", "-t").operands, ["-", "-t"]);
  assertEquals(parse("", "-t").operands, ["", "-t"]);
});

Deno.test("a value may hold anything: line feeds, blanks, letters of any kind", () => {
  const values = ["A=line 1\nline 2\n", " B = c ", "Ä=é", "--x\n=y", "__proto__=z"];
  for (const value of values) {
    assertEquals(parse("-e", value), { env: [value], operands: [] } as never);
    assertEquals(parse(`-e${value}`).operands, []);
    assertEquals(parse(`--env=${value}`), { env: [value], operands: [] } as never);
    assertEquals(parse(`--name=${value}`), { name: value, operands: [] } as never);
  }
});

const REFUSED: [string, string][] = [
  ["--unknown", "unknown flag: --unknown"],
  ["--unknown=x", "unknown flag: --unknown"],
  ["---tty", "unknown flag: ---tty"],
  ["--=x", "unknown flag: --"],
  ["--no-tty", "unknown flag: --no-tty"],
  ["--t", "unknown flag: --t"],
  ["--constructor", "unknown flag: --constructor"],
  ["-x", "unknown shorthand flag: 'x' in -x"],
  ["-itx", "unknown shorthand flag: 'x' in -itx"],
  ["-=x", "unknown shorthand flag: '=' in -=x"],
  ["--name", "flag needs an argument: --name"],
  ["-w", "flag needs an argument: 'w' in -w"],
  ["-itw", "flag needs an argument: 'w' in -itw"],
  ["--tty=perhaps", 'invalid argument "perhaps" for "-t, --tty" flag'],
  ["-t=", 'invalid argument "" for "-t, --tty" flag'],
  ["--no-stdin=no", 'invalid argument "no" for "--no-stdin" flag'],
];

for (const [line, message] of REFUSED) {
  Deno.test(`"${line}" is refused: ${message}`, () => {
    assertThrows(() => parse(...line.split(" ")), UsageError, message);
  });
}

Deno.test("what was not given has the default that is asked for", () => {
  const parsed = parseArguments([], FLAGS);
  assertEquals([parsed.boolean("tty"), parsed.boolean("tty", true)], [false, true]);
  assertEquals([parsed.string("name"), parsed.list("env")], [undefined, []]);
  assertEquals(parseArguments(["-t=false"], FLAGS).boolean("tty", true), false);
});
