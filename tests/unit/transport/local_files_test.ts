import { assertEquals } from "@std/assert";
import { LOCAL, namesIn, permittedEnv } from "../../../src/transport/local_files.ts";

const THIS = new URL(import.meta.url).pathname;
const FOLDER = new URL(".", import.meta.url).pathname;

Deno.test({
  name: "what may be looked at is told, and what is not there is told as that",
  permissions: { env: ["DOCKERPTY_TEST_VARIABLE"], read: true },
  fn: async () => {
    Deno.env.set("DOCKERPTY_TEST_VARIABLE", "value");
    assertEquals(permittedEnv("DOCKERPTY_TEST_VARIABLE"), "value");
    Deno.env.delete("DOCKERPTY_TEST_VARIABLE");
    assertEquals(LOCAL.env("DOCKERPTY_TEST_VARIABLE"), undefined);
    assertEquals((await LOCAL.read(THIS))?.startsWith("import"), true);
    assertEquals([await LOCAL.exists(THIS), await LOCAL.exists(`${THIS}x`)], [true, false]);
    assertEquals((await namesIn(FOLDER)).includes("local_files_test.ts"), true);
    assertEquals([await namesIn(`${FOLDER}/x`), await namesIn(THIS)], [[], []]);
    assertEquals([await LOCAL.read(`${THIS}x`), await LOCAL.read(`${THIS}/x`)], [null, null]);
  },
});

Deno.test({
  name: "what may not be looked at is not, and nobody is asked",
  permissions: { env: false, read: false },
  fn: async () => {
    assertEquals(permittedEnv("HOME"), undefined);
    assertEquals([await LOCAL.read(THIS), await LOCAL.exists(THIS)], [undefined, undefined]);
    assertEquals(await namesIn(FOLDER), []);
  },
});
