/**
 * What is done about an image that is not there.
 *
 * @module
 */
import { findCredentialsProblem, findRegistryAuth } from "../engine/docker_credentials.ts";
import type { Engine } from "../engine/engine.ts";
import { familiarName, isImageId, parseImageReference } from "../engine/image_reference.ts";
import { hasImage, pullImage, type PullProgress } from "../engine/images.ts";
import { EngineError } from "../errors.ts";
import type { PullOptions } from "./pull.ts";

export { familiarName };

/** Whether it is the image that a creation lacked, and a registry may have it. */
export async function isMissing(
  error: EngineError,
  engine: Engine,
  image: string,
  { platform, signal }: PullOptions,
): Promise<boolean> {
  if (error.status !== 404 || isImageId(image)) return false;
  // An image that is there may be another platform's.
  return platform !== undefined || !await hasImage(engine, image, signal);
}

/** Pulls the image, with what proves to its registry who asks. */
export async function pullWithAuth(
  engine: Engine,
  image: string,
  options: PullOptions,
): Promise<void> {
  const { platform, signal, onPull = () => {} } = options;
  const auth = options.auth ??
    await findRegistryAuth(parseImageReference(image).registry, undefined, signal);
  let reporting = false;
  const report = async (progress: PullProgress) => {
    reporting = true;
    await onPull(progress);
    reporting = false;
  };
  try {
    await pullImage(engine, image, { platform, auth, signal }, report);
  } catch (error) {
    // What the caller's own function throws is his, whatever it is.
    if (reporting || !(error instanceof EngineError)) throw error;
    const named = error.message.includes(parseImageReference(image).name);
    const what = named ? "" : `cannot pull ${familiarName(image)}: `;
    const problem = isDenied(error) && auth === undefined && await findCredentialsProblem();
    throw new EngineError(`${what}${error.message}${problem ? `; ${problem}` : ""}`, error);
  }
}

/** Whether a registry wants credentials, or other ones. */
function isDenied({ message }: EngineError): boolean {
  return /denied|unauthorized|authenticat|no basic auth/i.test(message);
}
