/**
 * A way to the engine of `DOCKER_HOST` that shares nothing with the code under test, so that it can
 * judge it.
 */

/** Where the tests' engine is. Only unix sockets: the tests' runner always provides one. */
export const host: string = Deno.env.get("DOCKER_HOST") || "unix:///var/run/docker.sock";

/** What an engine answered. */
export interface Answer {
  status: number;
  body: Uint8Array;
  text(): string;
  // deno-lint-ignore no-explicit-any
  json(): any;
}

/**
 * One request to the engine, with a body of JSON, or of bytes as they are. Answers of 400 and above
 * throw unless `allow` has their status.
 *
 * Each has a client of its own: a pooled connection would count as a leak to the tests' sanitizers.
 */
export async function request(
  method: string,
  path: string,
  { body, headers = {}, allow = [], timeout = 60_000 }: {
    body?: unknown;
    headers?: Record<string, string>;
    allow?: number[];
    timeout?: number;
  } = {},
): Promise<Answer> {
  if (!host.startsWith("unix://")) {
    throw new Error(`tests speak to unix:// engines, not to ${host}`);
  }
  using client = Deno.createHttpClient({
    proxy: { transport: "unix", path: host.slice("unix://".length) },
    poolMaxIdlePerHost: 0,
  });
  // An address, though nothing connects to it: a name would be looked up, which can take seconds.
  const response = await fetch(`http://127.0.0.1${path}`, {
    client,
    method,
    signal: AbortSignal.timeout(timeout),
    ...(body === undefined
      ? { headers }
      : body instanceof Uint8Array
      ? { body: body.slice(), headers: { "content-type": "application/x-tar", ...headers } }
      : {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
  });
  const bytes = await response.bytes();
  const text = () => new TextDecoder().decode(bytes);
  if (response.status >= 400 && !allow.includes(response.status)) {
    throw new Error(`${method} ${path}: ${response.status} ${text()}`);
  }
  return { status: response.status, body: bytes, text, json: () => JSON.parse(text()) };
}

/** The texts of the two streams in a multiplexed answer (see the engine's API, "Stream format"). */
export function streams(multiplexed: Uint8Array): { stdout: string; stderr: string } {
  const parts: Record<number, string> = { 1: "", 2: "" };
  const view = new DataView(multiplexed.buffer, multiplexed.byteOffset, multiplexed.byteLength);
  const decoder = new TextDecoder();
  for (let at = 0; at < multiplexed.length;) {
    const end = at + 8 + view.getUint32(at + 4);
    parts[multiplexed[at]] += decoder.decode(multiplexed.subarray(at + 8, end));
    at = end;
  }
  return { stdout: parts[1], stderr: parts[2] };
}
