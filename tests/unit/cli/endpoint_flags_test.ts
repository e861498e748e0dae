import { assertEquals } from "@std/assert";
import { parseArguments } from "../../../src/cli/args.ts";
import { ENDPOINT_FLAGS, endpointSource } from "../../../src/cli/endpoint_flags.ts";

/** Where the engine is looked for with these flags before and behind the verb. */
function source(before: string, behind = "") {
  const parse = (line: string) => parseArguments(line.split(" ").filter(Boolean), ENDPOINT_FLAGS);
  return JSON.parse(JSON.stringify(endpointSource(parse(before), parse(behind))));
}

Deno.test("the engine's flags are docker's, by long names and by letters", () => {
  assertEquals(source("-H tcp://a --tlsverify"), { host: "tcp://a", tlsVerify: true });
  assertEquals(source("-c name --tls"), { context: "name", tls: true });
  assertEquals(source("--host=a --context=b"), { host: "a", context: "b" });
  assertEquals(source("--tlscacert a --tlscert=b --tlskey c"), {
    tlsFiles: { ca: "a", cert: "b", key: "c" },
  });
  assertEquals(source("--tlscacert a"), { tlsFiles: { ca: "a" } });
  assertEquals(source(""), {});
});

Deno.test("they may stand behind the verb as well, and then go before those in front of it", () => {
  assertEquals(source("", "-H a --tls"), { host: "a", tls: true });
  assertEquals(source("-H a --tlskey b", "-H c"), { host: "c", tlsFiles: { key: "b" } });
  assertEquals(source("--tlsverify", "--tlsverify=false"), { tlsVerify: false });
});
