/** A test with many steps, each with sessions or runs of its own. */
export function tests(
  name: string,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, fn: body, timeout: 300_000, sanitizeOps: true, sanitizeResources: true });
}
