type Truthy<T> = Exclude<T, false | null | undefined>;

/** Polls until `condition` gives something truthy, and returns that; throws naming `what` if it never does. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, timeout = 60_000, interval = 15 }: {
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

/** What a promise comes to; throws naming `what` if it takes longer than so many milliseconds. */
export async function deadline<T>(
  promise: Promise<T>,
  timeout: number,
  what: string | (() => string),
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const name = typeof what === "string" ? what : what();
      reject(new Error(`waited ${timeout} ms in vain for ${name}`));
    }, timeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
