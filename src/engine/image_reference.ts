/**
 * Images' names, as docker reads them: `[registry/]name[:tag][@digest]`.
 *
 * @module
 */

/** An image's name, taken apart. */
export interface ImageReference {
  /** The name with its registry. */
  name: string;
  /** The digest, or the tag where there is none; `latest` where neither is given. */
  tag: string;
  /** The registry under which credentials are kept: its host, or the address of docker.io's. */
  registry: string;
}

/** What credentials for docker.io are kept under, for historical reasons. */
const DOCKER_IO = "https://index.docker.io/v1/";

/** The names that mean docker.io. */
const DOCKER_IO_PREFIX = /^(?:index\.)?docker\.io\//;

/** Takes an image's name apart. */
export function parseImageReference(reference: string): ImageReference {
  const at = reference.indexOf("@");
  const tagged = at === -1 ? reference : reference.slice(0, at);
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const name = colon === -1 ? tagged : tagged.slice(0, colon);
  const tag = at !== -1
    ? reference.slice(at + 1)
    : colon === -1
    ? "latest"
    : tagged.slice(colon + 1);
  return { name, tag, registry: registryOf(name) };
}

/** The first part of a name is a host if it looks like one. */
function registryOf(name: string): string {
  const slash = name.indexOf("/");
  const host = slash === -1 ? "" : name.slice(0, slash);
  const isHost = host === "localhost" || /[.:A-Z]/.test(host);
  return isHost && !DOCKER_IO_PREFIX.test(name) ? host : DOCKER_IO;
}

/** The name as people write it: without docker.io, and with its tag. */
export function familiarName(reference: string): string {
  const familiar = reference.replace(DOCKER_IO_PREFIX, "").replace(/^library\/(?=[^/]*$)/, "");
  const hasTag = familiar.includes("@") || familiar.includes(":", familiar.lastIndexOf("/") + 1);
  return hasTag ? familiar : `${familiar}:latest`;
}

/** Whether a reference is an image's id: no registry has it. */
export function isImageId(reference: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(reference);
}
