import { several } from "../engine/piped.ts";

/** A test with many steps, each with sessions or runs of its own. */
export function tests(
  name: string,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, fn: body, timeout: 300_000, sanitizeOps: true, sanitizeResources: true });
}

/** What is checked, by its name. */
export type Case = readonly [name: string, check: () => Promise<void>];

/** Checks cases in one step, so many at a time as they mostly wait, and tells of all that are wrong. */
export async function checkCases(
  t: Deno.TestContext,
  name: string,
  atOnce: number,
  cases: readonly Case[],
): Promise<void> {
  await t.step(`${name}: ${cases.length} cases`, async () => {
    const wrong: string[] = [];
    await several(cases.length, atOnce, async (index) => {
      const [name, check] = cases[index];
      try {
        await check();
      } catch (error) {
        wrong.push(`${name}: ${(error as Error).message}`);
      }
    });
    if (wrong.length > 0) throw new Error(wrong.join("\n\n"));
  });
}
