/**
 * An engine at an endpoint: versioned requests, their connections, and refusals in its own words.
 *
 * @module
 */
import { EngineError, EngineTimeoutError, InvalidOptionError, ProtocolError } from "../errors.ts";
import { hijack, type Hijacked, isHijacked } from "../http/hijack.ts";
import { HttpConnection, NoResponseError, type Response } from "../http/request.ts";
import type { Dial } from "../transport/connection.ts";
import { type Endpoint, formatEndpoint } from "../transport/endpoint.ts";
import { isRefusal, readText, refusal } from "./answer.ts";
import { CallEnding, type CallLimits } from "./call_ending.ts";
import { chooseApiVersion, compareApiVersions } from "./version.ts";

/** A call of the engine's API. */
export interface Call extends CallLimits {
  /** The HTTP method. */
  method: "GET" | "HEAD" | "POST" | "DELETE";
  /** The path's segments behind the version; each is encoded. */
  path: readonly string[];
  /** The query; what is undefined is left out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** What follows in the query, encoded already: for bytes that are no text. */
  rawQuery?: string;
  /** A value to send as JSON. */
  body?: unknown;
  /** Headers beside those of HTTP. */
  headers?: Iterable<readonly [string, string]>;
}

/** How long an engine may take to answer, where nothing else is said, in milliseconds. */
export const DEFAULT_TIMEOUT = 120_000;

/** The longest answer that is read whole: an inspect of a container with all its settings. */
const MAX_JSON_LENGTH = 16 * 1024 * 1024;
/** The longest answer to a ping. */
const MAX_PING_LENGTH = 64 * 1024;
/** More idle connections than this are closed. */
const MAX_IDLE = 2;

/** Calls one engine's API. */
export class Engine {
  /** Where the engine is. */
  readonly endpoint: Endpoint;
  /** How long it may take to answer what it need not work for, in milliseconds. */
  readonly timeout: number;
  #dial: Dial;
  #apiVersion: Promise<string> | undefined;
  #idle: HttpConnection[] = [];
  #closed = false;
  #podman = false;

  /** Calls the engine at `endpoint`; `apiVersion` is negotiated where it is not given. */
  constructor(
    endpoint: Endpoint,
    dial: Dial,
    apiVersion?: string,
    timeout: number = DEFAULT_TIMEOUT,
  ) {
    this.endpoint = endpoint;
    this.timeout = timeout;
    this.#dial = dial;
    if (apiVersion !== undefined) this.#apiVersion = Promise.resolve(apiVersion);
  }

  /** Closes the connections that are idle, and those in use when they become so. */
  close(): void {
    this.#closed = true;
    for (const http of this.#idle.splice(0)) http.close();
  }

  /** The version that is spoken: the lower of the engine's highest and ours. */
  apiVersion(signal?: AbortSignal): Promise<string> {
    this.#apiVersion ??= this.#negotiate(signal).catch((error) => {
      this.#apiVersion = undefined;
      throw error;
    });
    return this.#apiVersion;
  }

  /** Whether the engine is Podman, as far as its answers have told. */
  get isPodman(): boolean {
    return this.#podman;
  }

  /** Whether the spoken version is at least `version`. */
  async supports(version: string, signal?: AbortSignal): Promise<boolean> {
    return compareApiVersions(await this.apiVersion(signal), version) >= 0;
  }

  /** Makes a call, and reads its answer as JSON; an empty one is undefined. */
  async json(call: Call): Promise<unknown> {
    const text = await this.#exchange(call, async (response, path) => {
      await this.#refuse(response, call, path);
      return await readText(response, MAX_JSON_LENGTH);
    });
    if (text.trim() === "") return undefined;
    try {
      return JSON.parse(text);
    } catch {
      // What begins as JSON may hold a container's secrets: neither it is shown, nor the cause,
      // which repeats a piece of it.
      const shown = /^\s*[{[]/.test(text)
        ? "it begins as JSON, and is malformed or cut short"
        : JSON.stringify(text.slice(0, 80));
      throw new ProtocolError(
        `the engine's answer to ${call.method} /${call.path.join("/")} is not JSON: ${shown}`,
      );
    }
  }

  /** Makes a call, and gives its answer's body to `use` as it arrives. */
  async stream<T>(
    call: Call,
    use: (body: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    return await this.#exchange(call, async (response, path) => {
      await this.#refuse(response, call, path);
      return await use(response.body);
    });
  }

  /** Makes a call that turns its connection into a raw stream. */
  async hijack(call: Call): Promise<Hijacked> {
    const path = await this.#path(call);
    using ending = this.#endingOf(call, path);
    const http = await this.#connect(ending.signal);
    try {
      return await closedOnAbort(http, ending.signal, async () => {
        const answer = await hijack(http, {
          method: call.method,
          target: path,
          headers: call.headers,
          body: call.body,
          sending: () => ending.sending(),
        });
        if (isHijacked(answer)) return answer;
        throw await refusal(answer, call, path);
      });
    } catch (error) {
      http.close();
      throw error;
    }
  }

  async #negotiate(signal?: AbortSignal): Promise<string> {
    const call: Call = { method: "HEAD", path: ["_ping"], signal };
    const read = async (response: Response) => {
      await readText(response, MAX_PING_LENGTH);
      return response;
    };
    let response = await this.#exchangeAt("/_ping", call, read);
    if (response.status !== 200) {
      response = await this.#exchangeAt("/_ping", { ...call, method: "GET" }, read);
    }
    if (response.status >= 500) {
      throw new EngineError(
        `the engine at ${formatEndpoint(this.endpoint)} is not well: ` +
          `it answered ${response.status} to GET /_ping`,
        { status: response.status, method: "GET", path: "/_ping" },
      );
    }
    return chooseApiVersion(response.headers.get("api-version"));
  }

  async #path(call: Call): Promise<string> {
    const path = call.path.map(encodeSegment).join("/");
    const version = await this.apiVersion(call.signal);
    const query = call.query && encodeQuery(call.query);
    const whole = [query, call.rawQuery].filter(Boolean).join("&");
    return `/v${version}/${path}${whole && `?${whole}`}`;
  }

  async #exchange<T>(
    call: Call,
    use: (response: Response, path: string) => Promise<T>,
  ): Promise<T> {
    const path = await this.#path(call);
    return await this.#exchangeAt(path, call, (response) => use(response, path));
  }

  /** Sends a request on an idle connection or a new one, and keeps that if it can be used again. */
  async #exchangeAt<T>(
    target: string,
    call: Call,
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { method, body, headers } = call;
    using ending = this.#endingOf(call, target);
    const { signal } = ending;
    const request = { method, target, body, headers, sending: () => ending.sending() };
    signal.throwIfAborted();
    while (true) {
      // Whether an idle connection was closed before the engine saw the request, or behind it,
      // cannot be told.
      const idle = call.lasting ? undefined : this.#idle.pop();
      const http = idle ?? await this.#connect(signal);
      try {
        return await closedOnAbort(http, signal, async () => {
          const response = await http.request(request);
          if (call.limited === "beginning") ending.begun();
          this.#podman ||= response.headers.has("libpod-api-version");
          return await use(response);
        });
      } catch (error) {
        http.close();
        // The engine may have closed an idle connection: it has not seen this request then.
        if (idle === undefined || !(error instanceof NoResponseError)) throw error;
      } finally {
        this.#release(http);
      }
    }
  }

  #release(http: HttpConnection): void {
    if (http.reusable && !this.#closed && this.#idle.length < MAX_IDLE) this.#idle.push(http);
    else http.close();
  }

  /** Connects; when the signal aborts, the connection that is still to come is closed. */
  async #connect(signal: AbortSignal): Promise<HttpConnection> {
    signal.throwIfAborted();
    const dialing = this.#dial(this.endpoint);
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return new HttpConnection(await Promise.race([dialing, aborted.promise]));
    } catch (error) {
      dialing.then((connection) => connection.close(), () => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #endingOf(call: Call, path: string): CallEnding {
    return new CallEnding(call, this.timeout, () => {
      const seconds = this.timeout / 1000;
      const asked = `${call.method} ${path.replace(/\?.*$/, "")}`;
      const unit = seconds === 1 ? "second" : "seconds";
      return new EngineTimeoutError(
        `the engine at ${formatEndpoint(this.endpoint)} has not answered ${asked} for ${seconds} ` +
          `${unit}; DOCKER_CLIENT_TIMEOUT=SECONDS, or a program's timeout, gives it longer`,
      );
    });
  }

  async #refuse(response: Response, call: Call, path: string): Promise<void> {
    const { status } = response;
    if (isRefusal(status)) throw await refusal(response, call, path);
    if (status < 200) {
      throw new ProtocolError(`the engine answered ${status} to ${call.method} ${path}`);
    }
  }
}

/**
 * Encodes a segment of a path. Engines take an encoded slash for a slash, and dots between slashes
 * for steps up; a container's name may have its slash in front.
 *
 * @throws {InvalidOptionError} if it would lead elsewhere, or is no text
 */
function encodeSegment(segment: string): string {
  const name = segment.replace(/^\//, "");
  if (!name.isWellFormed() || name.split("/").some((part) => /^\.{0,2}$/.test(part))) {
    throw new InvalidOptionError(
      `cannot ask the engine for ${JSON.stringify(segment)}: expected a name or an id`,
    );
  }
  return encodeURIComponent(name);
}

function encodeQuery(values: NonNullable<Call["query"]>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.toString();
}

/** Runs `use`, and closes the connection under it when the signal aborts. */
async function closedOnAbort<T>(
  http: HttpConnection,
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  const abort = () => http.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    return await use();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
