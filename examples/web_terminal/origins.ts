// Where pages may come from, as browsers write it: an origin without its scheme's own port.

/** This server's own addresses, and more. */
export function allowedOrigins(port: number, more: readonly string[]): Set<string> {
  const all = [`http://127.0.0.1:${port}`, `http://localhost:${port}`, ...more];
  return new Set(all.map((text) => new URL(text).origin));
}

/** What browsers send as the `Host` of a request to one of them. */
export function hostsOf(origins: ReadonlySet<string>): Set<string> {
  return new Set(Array.from(origins, (origin) => new URL(origin).host));
}

/** Whether this is an origin and no more; its port may be its scheme's own. */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.endsWith("/")) return false;
  const { href, origin } = new URL(text);
  return href === `${origin}/`;
}
