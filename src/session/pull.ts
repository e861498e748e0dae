/**
 * Pulling the image of a container to come.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
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
  // Most images are there: what pulls them is loaded where one is not.
  const load = () => import("./missing_image.ts");
  if (pull === "always") await (await load()).pullWithAuth(engine, image, options);
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof EngineError) || pull === "always") throw error;
    const { isMissing } = await load();
    if (!await isMissing(error, engine, image, options)) throw error;
    if (pull === "never") {
      throw new EngineError(`the image is not to be pulled: ${error.message}`, error);
    }
  }
  const { familiarName, pullWithAuth } = await load();
  await options.onPull?.({ status: `Unable to find image '${familiarName(image)}' locally` });
  await pullWithAuth(engine, image, options);
  return await create();
}
