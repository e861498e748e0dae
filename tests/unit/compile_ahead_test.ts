import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compileAhead } from "../../scripts/compile_ahead.ts";

/** Rewrites all functions whose last line has this comment behind it, and imports the module. */
async function ahead(source: string) {
  const ends = new Set<number>();
  for (const { index } of source.matchAll(/ \/\* ahead \*\//g)) ends.add(index);
  const code = compileAhead(source, ends);
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return { code, module };
}

Deno.test("compiled ahead: a function, also where it is called before it stands there", async () => {
  const { code, module } = await ahead(`
    export const early = twice(4);
    function twice(n) { return 2 * n; } /* ahead */
    async function later(n) { return n; } /* ahead */
    function* counted() { yield 1; } /* ahead */
    function left() {}
    export const all = async () => [twice(1), await later(2), ...counted(), left()];`);
  assertEquals(module.early, 8);
  assertEquals(await module.all(), [2, 2, 1, undefined]);
  assertStringIncludes(code, "var twice = (function twice(n) { return 2 * n; });");
  assertStringIncludes(code, "var later = (async function later(n)");
  assertStringIncludes(code, "var counted = (function* counted()");
  assertStringIncludes(code, "\n    function left() {}");
});

Deno.test("compiled ahead: an arrow function, and one within", async () => {
  const { code, module } = await ahead(`
    const add = (a) => (b) => a + b /* ahead */;
    const pair = async a => [a, a] /* ahead */;
    export const all = [add(1)(2), await pair(3)];`);
  assertEquals(module.all, [3, [3, 3]]);
  assertStringIncludes(code, "((a) => ((b) => a + b))");
  assertStringIncludes(code, "(async a => [a, a])");
});

Deno.test("compiled ahead: a property's function, by any name", async () => {
  const { code, module } = await ahead(`
    const read = () => "outer";
    export const object = {
      "a/b.ts"() { return 1; } /* ahead */,
      async read() { return read(); } /* ahead */,
      get seven() { return 7; } /* ahead */,
      [Symbol.iterator]: function () {},
      [1 + 1]() { return 2; } /* ahead */,
    };
    export const all = [object["a/b.ts"](), await object.read(), object.seven, object[2]()];`);
  assertEquals(module.all, [1, "outer", 7, 2]);
  assertEquals(Object.keys(module.object), ["2", "a/b.ts", "read", "seven"]);
  assertEquals(module.object["a/b.ts"].name, "a/b.ts");
  assertStringIncludes(code, `"a/b.ts": (function ()`);
  assertStringIncludes(code, `read: (async function ()`);
});

Deno.test("compiled ahead: a method, with what is private in its class", async () => {
  const { code, module } = await ahead(`
    const read = () => "outer";
    class Base { whole() { return [1]; } /* ahead */ }
    class Box extends Base {
      #size = 3;
      constructor() { super(); this.made = true; } /* ahead */
      /** It is documented. */
      size() { return this.#size; } /* ahead */
      async read() { return read(); } /* ahead */
      *[Symbol.iterator]() { yield this.#hidden(); } /* ahead */
      whole() { return [...super.whole(), 2]; } /* ahead */
      #hidden() { return "hidden"; } /* ahead */
      get twice() { return 2 * this.#size; } /* ahead */
      static made() { return new Box(); } /* ahead */
    }
    export const box = Box.made();
    export const all = [box.made, box.size(), await box.read(), ...box, box.whole(), box.twice];`);
  assertEquals(module.all, [true, 3, "outer", "hidden", [1, 2], 6]);
  assertStringIncludes(code, `"size", { value: (function ()`);
  assertStringIncludes(code, `"read", { value: (async function ()`);
  assertEquals(Object.keys(Object.getPrototypeOf(module.box)), []);
});

Deno.test("compiled ahead: what it could change is left as it is", async () => {
  const source = `
    const base = { f() { return 1; } /* ahead */ };
    const object = { f() { return super.f() + 1; } /* ahead */, __proto__() { return 3; } /* ahead */ };
    Object.setPrototypeOf(object, base);
    function once() { once = () => "again"; return "once"; } /* ahead */
    function counted() {} /* ahead */
    counted++;
    class A { static one = new A().m(); m() { return 4; } /* ahead */ }
    class B { m() { return 5; } /* ahead */ m() { return 6; } /* ahead */ }
    class C { m() {} /* ahead */ get m() { return 7; } }
    class Frozen { get m() { return 8; } }
    Object.freeze(Frozen.prototype);
    class D extends Frozen { m() { return 9; } /* ahead */ }
    export const all = [object.f(), Object.hasOwn(object, "__proto__"), once(), once(), counted,
      A.one, new B().m(), new C().m, new D().m()];`;
  const { code, module } = await ahead(source);
  assertEquals(module.all, [2, true, "once", "again", NaN, 4, 6, 7, 9]);
  assertEquals(code.match(/\(function/g)?.length, 2, "the base's f, and D's m");
});

Deno.test("compiled ahead: a function that the file begins with", async () => {
  const { code, module } = await ahead(
    "function first() { return 1; } /* ahead */ export { first };",
  );
  assertEquals(module.first(), 1);
  assert(code.startsWith("var first = (function first()"));
});
