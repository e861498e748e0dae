import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseKeyValueFile } from "../../src/cli/values/key_value_file.ts";
import { ValueError } from "../../src/cli/values/value_error.ts";
import { Recorder } from "../../src/session/recorder.ts";
import { castHeader } from "../../src/stream/asciicast.ts";
import { bytes } from "../fakes/bytes.ts";
import { anyText, pieces, property, refused, someBytes } from "./property.ts";

const line = fc.array(
  fc.constantFrom(
    ...[
      "A",
      "B=",
      "=",
      "#",
      " ",
      "\t",
      "\r",
      "\ufeff",
      "\x85",
      "\u2003",
      '"x"',
      "é",
      "GIVEN",
      "\0",
    ],
  ),
  { maxLength: 5 },
).map((parts) => parts.join(""));

const env = (name: string) => name === "GIVEN" ? "given" : undefined;

/** What docker's command line makes of such a file: its reader's rules, a character at a time. */
function model(text: string): string[] | null {
  const BLANK = new Set("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2028\u2029\u3000");
  const entries: string[] = [];
  let rest = text.startsWith("\ufeff") ? text.slice(1) : text;
  while (rest !== "") {
    const end = rest.indexOf("\n");
    let line = end === -1 ? rest : rest.slice(0, end);
    rest = end === -1 ? "" : rest.slice(end + 1);
    if (line.endsWith("\r")) line = line.slice(0, -1);
    while (line !== "" && BLANK.has(line[0])) line = line.slice(1);
    if (line === "" || line[0] === "#") continue;
    const equals = line.indexOf("=");
    const name = equals === -1 ? line : line.slice(0, equals);
    if (name === "" || name.includes(" ") || name.includes("\t")) return null;
    if (equals !== -1) entries.push(line);
    else if (env(name) !== undefined) entries.push(`${name}=${env(name)}`);
  }
  return entries;
}

property(
  "env files: any lines are the variables that a naive reader finds, or are refused as by that",
  fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "")), { maxLength: 6 }),
  (lines) => {
    const text = lines.flat().join("");
    let read: string[] | null = null;
    refused([ValueError], () => read = parseKeyValueFile(bytes(text), env));
    assertEquals(read, model(text), JSON.stringify(text));
  },
);

property(
  "env files: any bytes are read or refused, and by no other error, which does not repeat them",
  fc.oneof(someBytes, anyText.map(bytes)),
  (content) => {
    const error = refused([ValueError], () => parseKeyValueFile(content, env));
    if (error === undefined) return;
    assert(/^(line \d+ has|expected) [ -~]+$/.test(error.message), error.message);
  },
);

/** Each piece is a write to the file. */
const fewCuts = fc.array(fc.nat(12), { maxLength: 3 });

const event = fc.oneof(
  fc.tuple(fc.constantFrom("o" as const, "i" as const), someBytes, fewCuts),
  fc.tuple(fc.constantFrom("o" as const, "i" as const), anyText.map(bytes), fewCuts),
);

property(
  "recordings: what is recorded of any bytes, in any pieces, is their text, a line of JSON each",
  fc.tuple(
    fc.array(event, { maxLength: 3 }),
    fc.array(fc.nat(5000), { maxLength: 12 }),
    fc.boolean(),
  ),
  ([events, times, bare]) => {
    const path = `${folder}/a.cast`;
    let now = 1_700_000_000_000;
    const recorder = new Recorder(path, { force: true, now: () => now });
    recorder.begin();
    const written = { o: [] as number[], i: [] as number[] };
    for (const [code, content, lengths] of events) {
      for (const piece of pieces(content, lengths)) {
        now += times.pop() ?? 1;
        recorder.bytes(code === "o" ? "stdout" : "stdin", piece, bare);
        written[code].push(...piece);
      }
    }
    recorder.close();
    recorder.close();
    const file = Deno.readTextFileSync(path);
    assert(file.endsWith("\n"));
    const [header, ...lines] = file.slice(0, -1).split("\n").map((line) => JSON.parse(line));
    assertEquals([header.version, header.width, header.height], [2, 80, 24]);
    for (const code of ["o", "i"] as const) {
      const data = lines.filter((line) => line[1] === code).map((line) => line[2]).join("");
      const whole = new TextDecoder("utf-8", { ignoreBOM: true });
      const text = whole.decode(Uint8Array.from(written[code]));
      // Of what is put in, nothing but its carriage returns is to be seen.
      const plain = (text: string) => bare ? text.replaceAll("\r", "") : text;
      assertEquals(plain(data), plain(text));
      if (bare) assert(!/(^|[^\r])\n/.test(data), "each line feed has its carriage return");
    }
    const seconds = lines.map(([second]) => second);
    assertEquals(seconds, seconds.toSorted((a, b) => a - b));
  },
);

const folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

property(
  "recordings: a header is one line of JSON, whatever the command and the terminal are called",
  fc.tuple(fc.nat(65535), fc.nat(65535), fc.double({ noNaN: true, min: 0, max: 1e12 }), anyText),
  ([rows, columns, timestamp, text]) => {
    const header = castHeader({ size: { rows, columns }, timestamp, command: text, term: text });
    assert(header.indexOf("\n") === header.length - 1);
    const { width, height, command, env } = JSON.parse(header);
    assertEquals([height, width, command, env.TERM], [rows, columns, text, text]);
  },
);
