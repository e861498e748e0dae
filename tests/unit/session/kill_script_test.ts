import { assertEquals } from "@std/assert";
import { killCommand, saidBy } from "../../../src/session/kill_script.ts";

Deno.test("the script is told the signal, the way and the marks, in this order", () => {
  const [shell, flag, , ...given] = killCommand("SIGTERM", "read", ["M=1", "M=2"]);
  assertEquals([shell, flag, ...given], ["sh", "-c", "sh", "TERM", "read", "M=1", "M=2"]);
});

Deno.test("the script's word has one for each it was told, strays and starts; all else is not its word", () => {
  const one = saidBy("sent : : :\n", ["a"]);
  assertEquals([Object.fromEntries(one!.reached), one!.strays], [{ a: "sent" }, []]);
  assertEquals(one!.mains, []);
  const three = saidBy("none part sent : 17 23 : 8 : 17@900 8@1000\n", ["a", "b", "c"]);
  assertEquals(Object.fromEntries(three!.reached), { a: "none", b: "part", c: "sent" });
  assertEquals([three!.strays, three!.foreign], [["17", "23"], ["8"]]);
  assertEquals(three!.mains, [{ id: "17", start: 900 }, { id: "8", start: 1000 }]);
  const others = ["", "\n", ":", "sent : : :", "sent none sent : : :", "sent gone : : :", "no sh"];
  for (
    const said of [
      ...others,
      "sent none : x : :",
      "sent none : : x :",
      "sent none: 1 : :",
      "sent none : 1 : : 2",
      "sent none : :",
    ]
  ) {
    assertEquals(saidBy(said, ["a", "b"]), null, said);
  }
});
