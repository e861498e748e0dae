// The functions of @std/assert that this project's tests use, from the npm build of the standard
// library, with @std/assert's own signatures. Only for a checkout: see CONTRIBUTING.md, "Links".
import { assert as assert_ } from "npm:deno-std@1.4.0/assert/assert.js";
import { assertEquals as equals } from "npm:deno-std@1.4.0/assert/equals.js";
import { assertGreater as greater } from "npm:deno-std@1.4.0/assert/greater.js";
import { assertInstanceOf as instanceOf } from "npm:deno-std@1.4.0/assert/instance_of.js";
import { assertMatch as match } from "npm:deno-std@1.4.0/assert/match.js";
import { assertNotEquals as notEquals } from "npm:deno-std@1.4.0/assert/not_equals.js";
import { assertRejects as rejects } from "npm:deno-std@1.4.0/assert/rejects.js";
import { assertStringIncludes as stringIncludes } from "npm:deno-std@1.4.0/assert/string_includes.js";
import { assertThrows as throws } from "npm:deno-std@1.4.0/assert/throws.js";
import { fail as fail_ } from "npm:deno-std@1.4.0/assert/fail.js";

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

export const assert: (expr: unknown, msg?: string) => asserts expr = assert_;
export const assertEquals: <T>(actual: T, expected: T, msg?: string) => void = equals;
export const assertGreater: <T>(actual: T, expected: T, msg?: string) => void = greater;
export const assertInstanceOf: <C extends ErrorClass>(
  actual: unknown,
  expectedType: C,
  msg?: string,
) => asserts actual is InstanceType<C> = instanceOf;
export const assertMatch: (actual: string, expected: RegExp, msg?: string) => void = match;
export const assertNotEquals: <T>(actual: T, expected: T, msg?: string) => void = notEquals;
export const assertRejects: <E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
) => Promise<E> = rejects;
export const assertStringIncludes: (actual: string, expected: string, msg?: string) => void =
  stringIncludes;
export const assertThrows: <E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
) => E = throws;
export const fail: (msg?: string) => never = fail_;
