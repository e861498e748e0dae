import { assertEquals } from "@std/assert";
import { foundBy, killCommand } from "../../../src/session/kill_script.ts";

Deno.test("the script is told the signal, the way and the marks, in this order", () => {
  const [shell, flag, , ...given] = killCommand("SIGTERM", "read", ["M=1", "M=2"]);
  assertEquals([shell, flag, ...given], ["sh", "-c", "sh", "TERM", "read", "M=1", "M=2"]);
});

Deno.test("the script's word has one for each mark; all else is none of its words", () => {
  assertEquals(foundBy("sent\n", ["a"]), new Set(["a"]));
  assertEquals(foundBy("none sent sent\n", ["a", "b", "c"]), new Set(["b", "c"]));
  for (const said of ["", "\n", "sent", "sent none sent\n", "sent gone\n", "no sh\n"]) {
    assertEquals(foundBy(said, ["a", "b"]), null, said);
  }
});
