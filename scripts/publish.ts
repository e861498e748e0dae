/**
 * Publishes the package: what it is given goes on to `deno publish`.
 *
 *     deno task publish [--dry-run]
 */
import { assemble } from "./assemble.ts";

/** What is not committed is nobody's release: `deno publish` looks at that only in a checkout. */
async function requireCommitted(): Promise<void> {
  if (Deno.args.some((arg) => ["--dry-run", "--allow-dirty"].includes(arg))) return;
  const { stdout } = await new Deno.Command("git", {
    args: ["status", "--porcelain"],
    cwd: new URL("../", import.meta.url),
    stderr: "inherit",
  }).output();
  if (stdout.length === 0) return;
  console.error("not published: there are changes that are not committed");
  Deno.exit(1);
}

await requireCommitted();
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
