/** Properties: what holds of any input, tried on many inputs that fast-check makes up. */
import fc from "fast-check";

/** How many cases each property is tried on. */
const CASES = Number(Deno.env.get("DOCKERPTY_PROPERTY_CASES") || 2000);

/**
 * What the cases are made from: the same whenever the tests run, so that they cannot fail of what a
 * change has nothing to do with; `new` ones, or those of a property that failed, by the environment.
 */
const SEED = seed(Deno.env.get("DOCKERPTY_PROPERTY_SEED"));

function seed(given: string | undefined): number {
  if (given !== "new") return Number(given || 20261123);
  return crypto.getRandomValues(new Int32Array(1))[0];
}

/** Where a property failed in the cases of its seed, and what was made of that: `12:0:1`. */
const PATH = Deno.env.get("DOCKERPTY_PROPERTY_PATH");

/**
 * A test that `holds` of whatever `arbitrary` makes. One that fails shows the smallest case that it
 * finds, and how to try that again.
 */
export function property<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => void | Promise<void>,
): void {
  Deno.test(`property: ${name} (${CASES} cases, seed ${SEED})`, async () => {
    const tried = fc.asyncProperty(arbitrary, async (value) => {
      // Most properties are at once: waiting for each would take longer than the property.
      const held = holds(value);
      if (held instanceof Promise) await held;
    });
    const details = await fc.check(tried, { numRuns: CASES, seed: SEED, path: PATH });
    if (!details.failed) return;
    const again = `DOCKERPTY_PROPERTY_SEED=${details.seed}` +
      ` DOCKERPTY_PROPERTY_PATH=${details.counterexamplePath}`;
    throw new Error(
      `${fc.defaultReportMessage(details)}\nThe same case again: ${again} ` +
        `deno test -A tests/properties --filter ${JSON.stringify(name)}`,
      { cause: details.errorInstance },
    );
  });
}

/** Bytes: few, so that there is time for many cases; now and then more than a small buffer holds. */
export const someBytes: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 24 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600, size: "max" }) },
);

/** How many bytes the pieces have, one behind the other; the last number is of the rest. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 40 }), {
  maxLength: 12,
});

/** Cuts `whole` into pieces of so many bytes, and what is left. */
export function pieces(whole: Uint8Array<ArrayBuffer>, lengths: readonly number[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    // A piece of its own memory, as a connection's are.
    found.push(whole.slice(at, at + length));
    at += length;
  }
  found.push(whole.slice(at));
  return found;
}

/** What a call throws, which must be of one of `classes`; undefined if it returns. */
export function refused(
  // deno-lint-ignore no-explicit-any
  classes: readonly (new (...args: any[]) => Error)[],
  call: () => unknown,
): Error | undefined {
  try {
    call();
  } catch (error) {
    if (classes.some((known) => error instanceof known)) return error as Error;
    throw error;
  }
}

/** Texts with whatever may be in one: any characters, controls, halves of pairs. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);

/** A text of these words, one behind the other: what a syntax has, mostly in the wrong order. */
export function wordsOf(...words: string[]): fc.Arbitrary<string> {
  const word = fc.constantFrom(...words);
  return fc.oneof(
    { weight: 6, arbitrary: fc.array(word, { maxLength: 9 }).map((list) => list.join("")) },
    { weight: 1, arbitrary: anyText },
  );
}
