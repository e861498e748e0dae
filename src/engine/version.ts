/**
 * Which version of the engine's API is spoken.
 *
 * @module
 */
import { InvalidOptionError, ProtocolError } from "../errors.ts";

/** The highest version of the API that this package knows. */
export const HIGHEST_API_VERSION = "1.51";

/** The lowest version of the API that this package can work with. */
export const LOWEST_API_VERSION = "1.24";

/** Orders two versions such as `1.9` and `1.41` by their numbers. */
export function compareApiVersions(a: string, b: string): number {
  const [majorA, minorA] = a.split(".").map(Number);
  const [majorB, minorB] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}

/**
 * Chooses the version to speak: the lower of the engine's highest and ours.
 *
 * @throws {ProtocolError} if the engine's is lower than what this package can work with
 */
export function chooseApiVersion(engineVersion: string | undefined): string {
  // An engine that does not say is older than the header.
  const offered = engineVersion || LOWEST_API_VERSION;
  if (!/^\d+\.\d+$/.test(offered)) {
    throw new ProtocolError(`the engine's API has a version that is none: ${offered}`);
  }
  if (compareApiVersions(offered, LOWEST_API_VERSION) < 0) {
    throw new ProtocolError(
      `the engine's API is too old: it has version ${offered}, and at least ` +
        `${LOWEST_API_VERSION} is needed`,
    );
  }
  return compareApiVersions(offered, HIGHEST_API_VERSION) < 0 ? offered : HIGHEST_API_VERSION;
}

/**
 * Checks a version given by hand, as in `DOCKER_API_VERSION`.
 *
 * @throws {InvalidOptionError} if it is not a version
 */
export function checkApiVersion(version: string): string {
  if (typeof version === "string" && /^\d+\.\d+$/.test(version)) return version;
  throw new InvalidOptionError(
    `invalid API version (${version}): expected two numbers, as in ${HIGHEST_API_VERSION}`,
  );
}
