/**
 * From a client's options to an engine.
 *
 * @module
 */
import { DEFAULT_TIMEOUT, Engine } from "../engine/engine.ts";
import { checkApiVersion } from "../engine/version.ts";
import { InvalidOptionError } from "../errors.ts";
import type { Dial } from "../transport/connection.ts";
import { resolveEndpoint, tellUnreadHost } from "../transport/context.ts";
import { dial } from "../transport/dial.ts";
import { checkEndpoint, type Endpoint, parseEndpoint } from "../transport/endpoint.ts";
import { permittedEnv } from "../transport/local_files.ts";

/** Options of a {@linkcode Client}. */
export interface ClientOptions {
  /**
   * Where the engine is: an endpoint, or an address as {@linkcode parseEndpoint} reads it.
   *
   * @default {what `resolveEndpoint` finds}
   */
  endpoint?: Endpoint | string;
  /**
   * The version of the engine's API to speak, such as `1.41`.
   *
   * @default {`DOCKER_API_VERSION`, or the highest that both sides know}
   */
  apiVersion?: string;
  /**
   * How long the engine may take, in milliseconds, to answer what it need not work for: all but a
   * pull, a container's creation and its start. Also how long it may take, once a container has
   * ended, to end its output and to tell how it ended. `Infinity` waits for ever.
   *
   * @default {`DOCKER_CLIENT_TIMEOUT` in seconds, or 120 seconds}
   */
  timeout?: number;
  /**
   * Opens connections.
   *
   * @default {`Deno.connect`}
   */
  dial?: Dial;
  /**
   * How many sessions of this client may be open at once. More wait, in the order in which they
   * were asked for, until one ends or is left; their `signal` takes them out of the queue. A
   * session ends when its output is read to the end, or its `status` is known: one that nobody
   * looks at keeps its place. It is sessions that are counted, and not connections: what one that
   * is open needs besides its own (to wait, to ask for its code, to resize, to kill) is never kept
   * waiting by those that are to come. Whoever opens sessions inside others needs room for all
   * that are open together.
   *
   * @default {no limit: engines have been seen to take 500}
   */
  maxSessions?: number;
}

/** The engine that is meant. Nothing is asked of it yet, and whoever calls closes it. */
export async function connect(options: ClientOptions): Promise<Engine> {
  const looked = options.endpoint === undefined;
  const { endpoint = await telling(resolveEndpoint()) } = options;
  const { dial: given = dial } = options;
  const dialer: Dial = looked ? (endpoint) => telling(given(endpoint)) : given;
  const version = options.apiVersion || permittedEnv("DOCKER_API_VERSION") || undefined;
  return new Engine(
    typeof endpoint === "string" ? parseEndpoint(endpoint) : checkEndpoint(endpoint),
    dialer,
    version && checkApiVersion(version),
    timeoutFrom(options),
  );
}

/** What comes of looking for an engine; an error says where that could not look. */
async function telling<T>(found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    tellUnreadHost(error);
    throw error;
  }
}

function timeoutFrom({ timeout }: ClientOptions): number {
  const seconds = timeout === undefined ? permittedEnv("DOCKER_CLIENT_TIMEOUT") : undefined;
  const limit = timeout ?? (seconds ? Number(seconds) * 1000 : DEFAULT_TIMEOUT);
  if (typeof limit === "number" && limit > 0) return limit;
  throw new InvalidOptionError(
    seconds
      ? `invalid DOCKER_CLIENT_TIMEOUT (${seconds}): expected a number of seconds, more than 0`
      : `invalid timeout (${timeout}): expected a number of milliseconds, more than 0`,
  );
}
