/**
 * Publishes the package: what it is given goes on to `deno publish`.
 *
 *     deno task publish [--dry-run]
 */
import { assemble } from "./assemble.ts";

const folder = await Deno.makeTempDir({ prefix: "dockerpty-" });
try {
  await assemble(folder);
  const publish = new Deno.Command(Deno.execPath(), {
    args: ["publish", ...Deno.args],
    cwd: folder,
  });
  Deno.exitCode = (await publish.spawn().status).code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
