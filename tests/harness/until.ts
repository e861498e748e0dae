type Truthy<T> = Exclude<T, false | null | undefined>;

/** Polls until `condition` gives something truthy, and returns that; throws naming `what` if it never does. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, timeout = 10_000, interval = 15 }: {
    what: string | (() => string);
    timeout?: number;
    interval?: number;
  },
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeout;
  while (true) {
    const value = await condition();
    if (value) return value as Truthy<T>;
    if (performance.now() > deadline) {
      throw new Error(
        `waited ${timeout} ms in vain for ${typeof what === "string" ? what : what()}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
