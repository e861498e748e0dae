/**
 * Pulling the image of a container to come.
 *
 * @module
 */
import { findCredentialsProblem, findRegistryAuth } from "../engine/docker_credentials.ts";
import type { Engine } from "../engine/engine.ts";
import { familiarName, isImageId, parseImageReference } from "../engine/image_reference.ts";
import { hasImage, pullImage } from "../engine/images.ts";
import { EngineError } from "../errors.ts";
import type { RunOptions } from "./options.ts";

/** What of a container's options its image's pull takes. */
export type PullOptions = Pick<RunOptions, "auth" | "onPull" | "platform" | "pull" | "signal">;

/**
 * Creates a container by `create`; pulls its image before, where that is always wanted, or in
 * between, where it is missing.
 */
export async function withImage<T>(
  engine: Engine,
  image: string,
  options: PullOptions,
  create: () => Promise<T>,
): Promise<T> {
  const { pull = "missing" } = options;
  if (pull === "always") await pullWithAuth(engine, image, options);
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof EngineError) || pull === "always") throw error;
    if (!await isMissing(error, engine, image, options)) throw error;
    if (pull === "never") {
      throw new EngineError(`the image is not to be pulled: ${error.message}`, error);
    }
  }
  options.onPull?.({ status: `Unable to find image '${familiarName(image)}' locally` });
  await pullWithAuth(engine, image, options);
  return await create();
}

/** Whether it is the image that a creation lacked, and a registry may have it. */
async function isMissing(
  error: EngineError,
  engine: Engine,
  image: string,
  { platform, signal }: PullOptions,
): Promise<boolean> {
  if (error.status !== 404 || isImageId(image)) return false;
  // An image that is there may be another platform's.
  return platform !== undefined || !await hasImage(engine, image, signal);
}

async function pullWithAuth(engine: Engine, image: string, options: PullOptions): Promise<void> {
  const { platform, signal, onPull = () => {} } = options;
  const auth = options.auth ??
    await findRegistryAuth(parseImageReference(image).registry, undefined, signal);
  try {
    await pullImage(engine, image, { platform, auth, signal }, onPull);
  } catch (error) {
    const problem = isDenied(error) && auth === undefined && await findCredentialsProblem();
    throw problem ? new EngineError(`${error.message}; ${problem}`, error) : error;
  }
}

/** Whether a registry wants credentials, or other ones. */
function isDenied(error: unknown): error is EngineError {
  return error instanceof EngineError &&
    /denied|unauthorized|authenticat|no basic auth/i.test(error.message);
}
