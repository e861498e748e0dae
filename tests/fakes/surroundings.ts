import type { EndpointSource } from "../../src/transport/context.ts";

/** An environment and files in memory, as far as `resolveEndpoint` looks at them. */
export function surroundings(
  variables: Record<string, string | undefined>,
  files: Record<string, string | undefined> = {},
): Required<Pick<EndpointSource, "env" | "readFile" | "exists">> {
  return {
    env: (name) => variables[name],
    // A file that is listed without a content may not be looked at.
    readFile: (path) => Promise.resolve(path in files ? files[path] : null),
    exists: (path) => {
      if (!(path in files)) return Promise.resolve(false);
      return Promise.resolve(files[path] === undefined ? undefined : true);
    },
  };
}
