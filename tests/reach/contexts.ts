/** Docker's contexts in a configuration folder of a test's own. */
import { findCommand, tool } from "../harness/kept_process.ts";

/** An endpoint as a context stores it. */
export interface ContextEndpoint {
  host: string;
  skipVerify?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}

/** Creates a context by docker's own command where there is one, else as that writes it. */
export async function createContext(
  config: string,
  name: string,
  endpoint: ContextEndpoint,
): Promise<void> {
  const docker = findCommand(Deno.env.get("DOCKERPTY_TEST_DOCKER") ?? "docker", "docker");
  if (docker === undefined) return await writeContext(config, name, endpoint);
  const { host, skipVerify, ca, cert, key } = endpoint;
  const fields = { host, ca, cert, key, "skip-tls-verify": skipVerify };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const description = given.map(([field, value]) => `${field}=${value}`).join(",");
  await tool(docker, ["context", "create", name, "--docker", description], {
    env: { DOCKER_CONFIG: config, DOCKER_HOST: "", DOCKER_CONTEXT: "" },
  });
}

/** Writes a context's files. */
export async function writeContext(
  config: string,
  name: string,
  { host, skipVerify = false, ...files }: ContextEndpoint,
): Promise<void> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
  const id = new Uint8Array(digest).toHex();
  const meta = {
    Name: name,
    Metadata: {},
    Endpoints: { docker: { Host: host, SkipTLSVerify: skipVerify } },
  };
  await Deno.mkdir(`${config}/contexts/meta/${id}`, { recursive: true });
  await Deno.writeTextFile(`${config}/contexts/meta/${id}/meta.json`, JSON.stringify(meta));
  for (const [file, path] of Object.entries(files)) {
    await Deno.mkdir(`${config}/contexts/tls/${id}/docker`, { recursive: true });
    await Deno.copyFile(path, `${config}/contexts/tls/${id}/docker/${file}.pem`);
  }
}
