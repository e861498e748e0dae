/**
 * Names of containers and images, which are checked before anything is sent.
 *
 * @module
 */
import { ValueError } from "./value_error.ts";

const CONTAINER = /^\/?[a-zA-Z0-9][\w.-]*(\/[a-zA-Z0-9][\w.-]*)*$/;
const NEW_CONTAINER = /^\/?[a-zA-Z0-9][\w.-]+$/;

/** Checks the name or id of a container that should exist. */
export function checkContainer(name: string): string {
  if (!CONTAINER.test(name)) {
    throw new ValueError("expected a container's name or id, of letters, digits and _ . -");
  }
  return name;
}

/** Checks the name of a container that is to be made. */
export function checkNewName(name: string): string {
  if (name !== "" && !NEW_CONTAINER.test(name)) {
    throw new ValueError("expected a name of two or more letters, digits and _ . -, such as web-1");
  }
  return name;
}

const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::\\d+)?`;
const PART = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";
const DIGEST = "[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[\\da-fA-F]{32,}";
const IMAGE = new RegExp(
  `^(?:${HOST}/)?${PART}(?:/${PART})*(?::\\w[\\w.-]{0,127})?(?:@${DIGEST})?$`,
);

/** Checks the name or id of an image. */
export function checkImage(name: string): string {
  if (!IMAGE.test(name)) {
    throw new ValueError(
      "expected an image in lower case, such as busybox, host:5000/name:tag or name@sha256:…",
    );
  }
  return name;
}
