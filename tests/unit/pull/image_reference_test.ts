import { assertEquals } from "@std/assert";
import {
  familiarName,
  isImageId,
  parseImageReference,
} from "../../../src/engine/image_reference.ts";

const DOCKER_IO = "https://index.docker.io/v1/";

const REFERENCES: Record<string, [name: string, tag: string, registry: string]> = {
  "busybox": ["busybox", "latest", DOCKER_IO],
  "busybox:1.36": ["busybox", "1.36", DOCKER_IO],
  "library/busybox": ["library/busybox", "latest", DOCKER_IO],
  "docker.io/busybox": ["docker.io/busybox", "latest", DOCKER_IO],
  "index.docker.io/a/b:c": ["index.docker.io/a/b", "c", DOCKER_IO],
  "registry:5000/busybox": ["registry:5000/busybox", "latest", "registry:5000"],
  "registry:5000/a/b:c": ["registry:5000/a/b", "c", "registry:5000"],
  "localhost/a": ["localhost/a", "latest", "localhost"],
  "quay.example/a": ["quay.example/a", "latest", "quay.example"],
  "[::1]:5000/a:b": ["[::1]:5000/a", "b", "[::1]:5000"],
  "busybox@sha256:abcd": ["busybox", "sha256:abcd", DOCKER_IO],
  "busybox:1.36@sha256:abcd": ["busybox", "sha256:abcd", DOCKER_IO],
  "registry:5000/busybox@sha256:abcd": ["registry:5000/busybox", "sha256:abcd", "registry:5000"],
};

for (const [reference, [name, tag, registry]] of Object.entries(REFERENCES)) {
  Deno.test(`the image ${reference} is ${name} with the tag ${tag} at ${registry}`, () => {
    assertEquals(parseImageReference(reference), { name, tag, registry });
  });
}

const FAMILIAR: Record<string, string> = {
  "busybox": "busybox:latest",
  "busybox:1": "busybox:1",
  "docker.io/library/busybox": "busybox:latest",
  "docker.io/a/b:c": "a/b:c",
  "library/busybox": "busybox:latest",
  "r:5000/library/busybox": "r:5000/library/busybox:latest",
  "r:5000/a@sha256:abcd": "r:5000/a@sha256:abcd",
};

for (const [reference, familiar] of Object.entries(FAMILIAR)) {
  Deno.test(`the image ${reference} is told as ${familiar}`, () => {
    assertEquals(familiarName(reference), familiar);
  });
}

Deno.test("an id is told from a name", () => {
  const id = "0123456789abcdef".repeat(4);
  assertEquals([id, `sha256:${id}`].map(isImageId), [true, true]);
  assertEquals(["busybox", id.slice(1), `a/${id}`, `a@sha256:${id}`].some(isImageId), false);
});
