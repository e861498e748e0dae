/** The dockerd that tests start engines of their own with. */
import { findCommand } from "./kept_process.ts";

/** The folders of an unpacked one, which the tests' runner knows. */
const unpacked = Deno.env.get("DOCKERPTY_TEST_DOCKERD_PATH");

/** Its path; undefined where there is none. */
export function dockerd(): string | undefined {
  return findCommand(
    ...(unpacked?.split(":") ?? []).map((folder) => `${folder}/dockerd`),
    "dockerd",
  );
}

/** The environment to start it in. */
export function dockerdEnv(): Record<string, string> {
  const { PATH = "", LD_LIBRARY_PATH } = Deno.env.toObject();
  const libraries = Deno.env.get("DOCKERPTY_TEST_DOCKERD_LIBRARIES") ?? LD_LIBRARY_PATH;
  return {
    PATH: [unpacked, PATH, "/usr/sbin:/sbin"].filter(Boolean).join(":"),
    ...libraries && { LD_LIBRARY_PATH: libraries },
  };
}
