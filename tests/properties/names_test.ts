import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Engine } from "../../src/engine/engine.ts";
import { familiarName, parseImageReference } from "../../src/engine/image_reference.ts";
import { EndpointError, InvalidOptionError } from "../../src/errors.ts";
import { printable, printableLines } from "../../src/printable.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../../src/transport/endpoint.ts";
import { sshArguments } from "../../src/transport/ssh.ts";
import { FakeEngine, json } from "../fakes/engine.ts";
import { anyText, property, refused, wordsOf } from "./property.ts";

property(
  "addresses: any text is an engine's address or is refused, and what is read is written the same",
  wordsOf(
    ...["unix://", "tcp://", "ssh://", "https://", "ftp://", "/", ":", "@", "-", "[::1]", "host"],
    ...["2375", "65536", "me", "-oProxyCommand=x", "..", " ", "\n", "%", "é", "\0", "\x9b", "a.b"],
  ),
  (address) => {
    let endpoint: Endpoint | undefined;
    refused([EndpointError], () => endpoint = parseEndpoint(address));
    if (endpoint === undefined) return;
    const tls = endpoint.transport === "tcp" ? endpoint.tls : undefined;
    assertEquals(parseEndpoint(formatEndpoint(endpoint), tls), endpoint);
    if (endpoint.transport !== "ssh") return;
    // Nothing of an address is an option of ssh's, or of what its shell would take apart.
    const args = sshArguments(endpoint);
    const host = args.indexOf("--") + 1;
    assert(/^[\w:][\w.:%~-]*$/.test(args[host]), args[host]);
    assert(endpoint.user === undefined || /^\w/.test(endpoint.user), endpoint.user);
    const far = args.slice(host + 1).join(" ");
    assert(/^docker (--host '([^']|'\\'')*' )?system dial-stdio$/.test(far), far);
  },
);

const segment = fc.oneof(
  wordsOf("..", ".", "/", "%2e", "?", "#", "&", "\r\n", "\0", "a", "é", "\ud800", "=", "+", " "),
  anyText,
);

property(
  "requests: any name reaches the engine as that name, or is refused before anything is sent",
  fc.tuple(segment, fc.array(fc.tuple(fc.constantFrom("t", "name"), anyText), { maxLength: 2 })),
  async ([name, pairs]) => {
    let target = "";
    const fake = new FakeEngine();
    const engine = new Engine({ transport: "unix", path: "/fake" }, async (endpoint) => {
      const connection = await fake.dial(endpoint);
      return {
        read: (buffer) => connection.read(buffer),
        closeWrite: () => connection.closeWrite(),
        close: () => connection.close(),
        write: (bytes) => {
          const head = new TextDecoder().decode(bytes);
          const [line, ...fields] = head.split("\r\n");
          target = line;
          assertEquals(fields, ["Host: dockerpty", "", ""]);
          // Any answer will do; the fake has no route of such a name.
          fake.on(`GET ${new URL(line.split(" ")[1], "http://e").pathname.slice(6)}`, () => {
            return json(200, {});
          });
          return connection.write(bytes);
        },
      };
    }, "1.41");
    const query = Object.fromEntries(pairs);
    let error: unknown;
    try {
      await engine.json({ method: "GET", path: ["containers", name, "json"], query });
    } catch (caught) {
      error = caught;
    } finally {
      engine.close();
    }
    const bare = name.replace(/^\//, "");
    const leadsElsewhere = bare.split("/").some((part) => part === "" || /^\.\.?$/.test(part));
    assertEquals(error !== undefined, leadsElsewhere || !name.isWellFormed());
    if (error !== undefined) {
      assert(error instanceof InvalidOptionError, String(error));
      return assertEquals(target, "");
    }
    const [method, path, version] = target.split(" ");
    assertEquals([method, version], ["GET", "HTTP/1.1"]);
    const [segments, search = ""] = path.split("?");
    assertEquals(segments.split("/").map(decodeURIComponent), [
      ...["", "v1.41", "containers"],
      ...[bare, "json"],
    ]);
    const wellFormed = Object.entries(query).map(([key, value]) => [key, value.toWellFormed()]);
    assertEquals([...new URLSearchParams(search)], wellFormed);
  },
);

property(
  "images: any reference is taken apart without a loss, and is asked for by its own tag",
  wordsOf("host", ":5000", "/", "a", "b", ":", "@sha256:", "docker.io/", "library/", "latest", "."),
  (reference) => {
    const { name, tag, registry } = parseImageReference(reference);
    const whole = [`${name}:${tag}`, `${name}@${tag}`].some((text) => {
      return text === reference || text === `${reference}:latest`;
    });
    // A tag beside a digest says nothing more.
    assert(whole || reference.includes("@"), `${name} ${tag}`);
    assert(registry !== "");
    familiarName(reference);
  },
);

// deno-lint-ignore no-control-regex
const ACTS = /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

property(
  "what is printed: any text is one line in which nothing moves the cursor or turns the writing",
  wordsOf(
    "a",
    "\x1b[2J",
    "\r",
    "\n",
    "\r\n",
    "\u009b",
    "\u202e",
    "\u2028",
    " ",
    "\u0007",
    "é",
    "\ud800",
  ),
  (text) => {
    const shown = printable(text);
    assert(!ACTS.test(shown), JSON.stringify(shown));
    assertEquals(printable(shown), shown);
    assert(shown.isWellFormed());
    const lines = printableLines(text);
    assert(!ACTS.test(lines.replaceAll("\n", "")), JSON.stringify(lines));
    assertEquals(lines.split("\n").length, text.split("\n").length);
  },
);

property(
  "what is printed: a text that nothing acts on is left as it is",
  fc.string({ unit: fc.constantFrom(..."abcé日本 😀ß-_/:\"'"), maxLength: 20 }).map((text) =>
    text.trim()
  ),
  (text) => assertEquals(printable(text), text),
);
