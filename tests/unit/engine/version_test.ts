import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import {
  checkApiVersion,
  chooseApiVersion,
  compareApiVersions,
  HIGHEST_API_VERSION,
  LOWEST_API_VERSION,
} from "../../../src/engine/version.ts";
import { InvalidOptionError, ProtocolError } from "../../../src/errors.ts";

Deno.test("versions are ordered by their numbers, not their letters", () => {
  assertGreater(compareApiVersions("1.41", "1.9"), 0);
  assertGreater(compareApiVersions("2.0", "1.99"), 0);
  assertGreater(0, compareApiVersions("1.9", "1.41"));
  assertEquals(compareApiVersions("1.41", "1.41"), 0);
});

Deno.test("the lower of the engine's highest version and ours is spoken", () => {
  assertEquals(chooseApiVersion("1.41"), "1.41");
  assertEquals(chooseApiVersion(LOWEST_API_VERSION), LOWEST_API_VERSION);
  assertEquals(chooseApiVersion(HIGHEST_API_VERSION), HIGHEST_API_VERSION);
  assertEquals(chooseApiVersion("1.999"), HIGHEST_API_VERSION);
  assertEquals(chooseApiVersion("2.0"), HIGHEST_API_VERSION);
});

Deno.test("an engine that does not say its version is spoken to in the lowest", () => {
  assertEquals(chooseApiVersion(undefined), LOWEST_API_VERSION);
  assertEquals(chooseApiVersion(""), LOWEST_API_VERSION);
});

Deno.test("an engine that is too old is refused, and both versions are said", () => {
  const error = assertThrows(() => chooseApiVersion("1.23"), ProtocolError, "1.23");
  assertEquals(error.message.includes(LOWEST_API_VERSION), true);
  assertThrows(() => chooseApiVersion("1.3"), ProtocolError);
});

for (const version of ["1", "v1.41", "1.41.2", "1.x", " 1.41", "1.41/../", "-1.41"]) {
  Deno.test(`${JSON.stringify(version)} is no version`, () => {
    assertThrows(() => chooseApiVersion(version), ProtocolError, version);
    assertThrows(() => checkApiVersion(version), InvalidOptionError, version);
  });
}

Deno.test("a version given by hand is taken as it is", () => {
  assertEquals(checkApiVersion("1.12"), "1.12");
});
