import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DockerptyError, ProtocolError } from "../../src/errors.ts";
import { encodeRequestHead } from "../../src/http/head.ts";
import { readJsonLines } from "../../src/http/json_lines.ts";
import { HttpConnection } from "../../src/http/request.ts";
import { bytes, join, text } from "../fakes/bytes.ts";
import { piecesConnection } from "../fakes/connection_pair.ts";
import { anyText, cuts, pieces, property, refused, someBytes } from "./property.ts";

/** HTTP over a connection that gives these pieces, whatever it is sent. */
function connection(parts: readonly Uint8Array[]): HttpConnection {
  return new HttpConnection({
    ...piecesConnection(parts),
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  });
}

/** Asks for something; resolves to the answer, or to the error, which must be one of ours. */
async function ask(http: HttpConnection): Promise<Answer | DockerptyError> {
  try {
    const { status, headers, body } = await http.request({ method: "GET", target: "/" });
    const got: Uint8Array[] = [];
    for await (const piece of body) got.push(piece.slice());
    return { status, headers: Object.fromEntries(headers), body: [...join(got)] };
  } catch (error) {
    if (error instanceof DockerptyError) return error;
    throw error;
  }
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: number[];
}

const TOKEN = [..."!#$%&'*+.^_`|~-09azAZ"];
const fieldName = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 12 })
  // Those that say where a body ends have properties of their own.
  .filter((name) => !/^(transfer-encoding|content-length|connection)$/i.test(name));
const VALUE = [...' \t!~:;,=azAZ09\xe9\xff\x1b\x7f"'];
const fieldValue = fc.string({ unit: fc.constantFrom(...VALUE), maxLength: 20 });
const fields = fc.array(fc.tuple(fieldName, fc.constantFrom("", " ", "\t", "  "), fieldValue), {
  maxLength: 6,
});

/** An answer's head, in the bytes of a connection: Latin-1. */
function latin1(head: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(head, (character) => character.charCodeAt(0));
}

property(
  "HTTP head: any status and fields, in any pieces, are read as they were written",
  fc.tuple(fc.integer({ min: 200, max: 599 }), anyText, fields, cuts),
  async ([status, phrase, fields, lengths]) => {
    const reason = latin1(phrase).filter((byte) => byte !== 0x0d && byte !== 0x0a);
    const lines = fields.map(([name, blank, value]) => `\r\n${name}:${blank}${value}`).join("");
    const head = join([bytes(`HTTP/1.1 ${status} `), reason, latin1(`${lines}\r\n\r\n`)]);
    const expected: Record<string, string> = {};
    for (const [name, , value] of fields) {
      const key = name.toLowerCase();
      const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, "");
      const before = Object.hasOwn(expected, key) ? `${expected[key]}, ` : "";
      Object.defineProperty(expected, key, {
        value: before + trimmed,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    const answer = await ask(connection(pieces(head, lengths)));
    assertEquals(answer, { status, headers: expected, body: [] });
  },
);

/** Heads that are almost right, and what is not one at all. */
const rubbish = fc.oneof(
  fc.array(
    fc.constantFrom(
      ...["HTTP/1.1 ", "HTTP/1.0 ", "200", " OK", "\r\n", "\r\n\r\n", "\n", "\r", "\0", ": ", "a"],
      ...[
        "Content-Length: ",
        "Transfer-Encoding: chunked",
        "3",
        "-1",
        "\x15\x03",
        "100",
        "5\r\nab",
      ],
    ),
    { maxLength: 14 },
  ).map((words) => latin1(words.join(""))),
  someBytes,
);

property(
  "HTTP: any bytes are an answer or an error of ours, the same in any pieces",
  fc.tuple(rubbish, cuts),
  async ([whole, lengths]) => {
    const once = await ask(connection([whole]));
    const cut = await ask(connection(pieces(whole, lengths)));
    const shown = (answer: Answer | Error) => answer instanceof Error ? answer.message : answer;
    assertEquals(shown(cut), shown(once));
  },
);

property(
  "HTTP head: no target and no field of a request breaks out of its line",
  fc.tuple(anyText, fc.array(fc.tuple(fc.constantFrom("A", "X-B"), anyText), { maxLength: 3 })),
  ([target, fields]) => {
    let head = "";
    const error = refused([ProtocolError], () => {
      head = text(encodeRequestHead("GET", `/${target}`, fields));
    });
    const plain = /^[\x21-\x7e]*$/.test(target) &&
      fields.every(([, value]) => /^[\x20-\x7e]*$/.test(value));
    assertEquals(error === undefined, plain);
    if (error !== undefined) return;
    const lines = fields.map(([name, value]) => `${name}: ${value}`);
    assertEquals(head.split("\r\n"), [`GET /${target} HTTP/1.1`, ...lines, "", ""]);
  },
);

const chunk = fc.record({
  content: someBytes.filter(({ length }) => length > 0),
  zeros: fc.constantFrom("", "0", "000"),
  upper: fc.boolean(),
  extension: fc.constantFrom("", ";a", ";a=b", ' ;q="x"', " ", "\t"),
});
const trailers = fc.constantFrom("", "A: b\r\n", "A: b\r\nC: d\r\n");

function chunked(
  chunks: readonly { content: Uint8Array; zeros: string; upper: boolean; extension: string }[],
  trailers: string,
): Uint8Array<ArrayBuffer> {
  return join([
    ...chunks.flatMap(({ content, zeros, upper, extension }) => {
      const digits = content.length.toString(16);
      const size = zeros + (upper ? digits.toUpperCase() : digits);
      return [bytes(`${size}${extension}\r\n`), content, bytes("\r\n")];
    }),
    bytes(`0\r\n${trailers}\r\n`),
  ]);
}

const NEXT = bytes("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");

property(
  "HTTP body: chunks of any bytes, in any pieces, are whole, and the next answer begins behind them",
  fc.tuple(fc.array(chunk, { maxLength: 5 }), trailers, cuts),
  async ([chunks, trailers, lengths]) => {
    const head = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const whole = join([head, chunked(chunks, trailers), NEXT]);
    const http = connection(pieces(whole, lengths));
    const first = await ask(http) as Answer;
    assertEquals(first.body, [...join(chunks.map(({ content }) => content))]);
    // What is there before it was asked for is not trusted to be an answer; here it is read on.
    assertEquals(http.reusable, http.reader.buffered.length === 0);
    const second = await ask(http) as Answer;
    assertEquals([second.status, text(Uint8Array.from(second.body))], [201, "ok"]);
  },
);

property(
  "HTTP body: of a length that is given, in any pieces, and the next answer behind it",
  fc.tuple(someBytes, cuts),
  async ([content, lengths]) => {
    const head = bytes(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`);
    const http = connection(pieces(join([head, content, NEXT]), lengths));
    assertEquals((await ask(http) as Answer).body, [...content]);
    assertEquals((await ask(http) as Answer).status, 201);
  },
);

property(
  "HTTP body: one that is cut anywhere is an error, and never a whole one",
  fc.tuple(fc.array(chunk, { minLength: 1, maxLength: 3 }), fc.nat(), fc.boolean(), cuts),
  async ([chunks, where, isChunked, lengths]) => {
    const content = join(chunks.map(({ content }) => content));
    const field = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${content.length}`;
    const body = isChunked ? chunked(chunks, "") : content;
    const whole = join([bytes(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`), body]);
    const cut = whole.slice(0, where % whole.length);
    assertEquals(await ask(connection(pieces(cut, lengths))) instanceof DockerptyError, true);
  },
);

const scalar = fc.oneof(fc.double(), fc.string({ unit: "binary" }), fc.constantFrom(null, true));
const jsonValue = fc.oneof(
  scalar,
  fc.dictionary(anyText, scalar, { maxKeys: 2 }),
  fc.array(scalar),
);

property(
  "JSON lines: any values, in any pieces, come out as they went in",
  fc.tuple(
    fc.array(fc.tuple(jsonValue, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 3 }),
    cuts,
  ),
  async ([values, lengths]) => {
    const whole = bytes(values.map(([value, end]) => JSON.stringify(value) + end).join(""));
    const read: unknown[] = [];
    for await (const value of readJsonLines(stream(pieces(whole, lengths)))) read.push(value);
    assertEquals(JSON.stringify(read), JSON.stringify(values.map(([value]) => value)));
  },
);

property(
  "JSON lines: any other bytes are refused, and by no other error",
  fc.tuple(fc.oneof(someBytes, anyText.map(bytes)), cuts),
  async ([whole, lengths]) => {
    try {
      for await (const _ of readJsonLines(stream(pieces(whole, lengths))));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  },
);

/** Pieces as a body gives them: in a buffer that is used again. */
async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(4096);
  for (const part of parts) {
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}
