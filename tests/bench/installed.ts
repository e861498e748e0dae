/** The command as its users have it: installed by `deno install -g` from a registry, on the loopback. */
import { denoAt, JsrRegistry } from "../harness/jsr_registry.ts";

/** The installed command, and the environment that it runs in. */
export interface Installed {
  command: string;
  env: Record<string, string>;
}

/** Installs the checkout's package below a folder. */
export async function install(folder: string): Promise<Installed> {
  await using registry = await JsrRegistry.start();
  const name = "dockerpty";
  const flags = ["-g", "-A", "-f", "-n", name, "--root", folder];
  await denoAt(registry, folder, ["install", ...flags, "jsr:@dockerpty/dockerpty/cli"]);
  const { PATH = "" } = Deno.env.toObject();
  const env = {
    // The shim calls the first deno there is.
    PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${PATH}`,
    DENO_DIR: `${folder}/.cache`,
    JSR_URL: registry.url,
    DENO_NO_UPDATE_CHECK: "1",
  };
  const command = `${folder}/bin/${name}`;
  // While the registry is still there: what else is loaded when it is first used.
  const { success, stderr } = await new Deno.Command(command, { args: ["--version"], env })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { command, env };
}
