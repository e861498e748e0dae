import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { encodeRequestHead, findHeadEnd, parseResponseHead } from "../../../src/http/head.ts";
import { bytes, text } from "../../fakes/bytes.ts";

const HEAD = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nX-Empty:\r\n\r\n";

Deno.test("a request's head is written line by line, with an empty one at its end", () => {
  const head = encodeRequestHead("POST", "/v1.41/a?b=c", [["Host", "d"], ["X-Y", "1, 2"]]);
  assertEquals(text(head), "POST /v1.41/a?b=c HTTP/1.1\r\nHost: d\r\nX-Y: 1, 2\r\n\r\n");
});

for (const target of ["", "relative", "/a b", "/a\r\nX: y", "/é", "/\0"]) {
  Deno.test(`the request target ${JSON.stringify(target)} is not sent`, () => {
    assertThrows(() => encodeRequestHead("GET", target, []), ProtocolError);
  });
}

for (const value of ["a\r\nX: y", "a\nb", "é", "\x7f", "\0"]) {
  Deno.test(`the header value ${JSON.stringify(value)} is not sent`, () => {
    assertThrows(() => encodeRequestHead("GET", "/", [["X-A", value]]), ProtocolError, "X-A");
  });
}

Deno.test("a head's end is found at every place where the reading was interrupted", () => {
  const whole = bytes(`${HEAD}leftovers\r\n\r\n`);
  for (let looked = 0; looked < HEAD.length; looked++) {
    assertEquals(findHeadEnd(whole.subarray(0, looked)), -1);
    assertEquals(findHeadEnd(whole, looked), HEAD.length);
  }
});

Deno.test("carriage returns and line feeds that are no empty line end no head", () => {
  for (const part of ["\r\n\r", "\n\r\n", "\r\r\n", "\r\n\n", "a\r\nb\r\n", "\n\n", ""]) {
    assertEquals(findHeadEnd(bytes(part)), -1, JSON.stringify(part));
  }
  assertEquals(findHeadEnd(bytes("a\r\r\n\r\n")), 6);
});

Deno.test("a response's status and headers are read, the names in lower case", () => {
  const { status, headers } = parseResponseHead(bytes(HEAD));
  assertEquals(status, 101);
  assertEquals([...headers], [["connection", "Upgrade"], ["x-empty", ""]]);
});

Deno.test("a response may come without a reason and in HTTP/1.0", () => {
  assertEquals(parseResponseHead(bytes("HTTP/1.0 200\r\n\r\n")).status, 200);
  assertEquals(parseResponseHead(bytes("HTTP/1.1 404 \r\n\r\n")).status, 404);
});

Deno.test("headers that come twice are joined, and blanks around a value dropped", () => {
  const head = "HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: \t2 \t\r\nX-B:a: b\r\n\r\n";
  const { headers } = parseResponseHead(bytes(head));
  assertEquals([...headers], [["x-a", "1, 2"], ["x-b", "a: b"]]);
});

const MALFORMED = {
  "no HTTP": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  "another version": "HTTP/2 200 OK\r\n\r\n",
  "no status": "HTTP/1.1 OK\r\n\r\n",
  "a status of four digits": "HTTP/1.1 2000 OK\r\n\r\n",
  "a status below 100": "HTTP/1.1 099 OK\r\n\r\n",
  "a status above 599": "HTTP/1.1 600 OK\r\n\r\n",
  "two blanks before the status": "HTTP/1.1  200 OK\r\n\r\n",
  "a header without a colon": "HTTP/1.1 200 OK\r\nX-A\r\n\r\n",
  "a header without a name": "HTTP/1.1 200 OK\r\n: value\r\n\r\n",
  "a blank before the colon": "HTTP/1.1 200 OK\r\nX-A : value\r\n\r\n",
  "a folded header": "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n",
  "a bare line feed in a header": "HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\n\r\n",
  "a bare carriage return in a header": "HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\r\n\r\n",
  "a NUL in a header": "HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n",
};

for (const [name, head] of Object.entries(MALFORMED)) {
  Deno.test(`a response with ${name} is refused`, () => {
    assertThrows(() => parseResponseHead(bytes(head)), ProtocolError);
  });
}
